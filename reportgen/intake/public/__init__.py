"""公共信用信息报告 of the 信用中国 shape (DOMAIN §2.1), from JSON or a text-layer PDF, as deliveries."""
