"""Tables that somebody sends: CSV, XLSX, ODS."""
