"""Rule packs (规则包): dated, cited values."""
