"""The one database: tables, engines for SQLite and PostgreSQL, migrations."""
