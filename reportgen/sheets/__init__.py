"""Tables of strangers and for people: workbooks (XLSX) and CSV, whatever they are about."""
