"""Papers for people outside: PDFs in both languages, made of the same records as the pages."""
