"""Case files: one borrower's situation as JSON, asked about without the database (``manage.py case``)."""
