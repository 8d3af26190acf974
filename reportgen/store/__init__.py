"""The office's database: engine, migrations, and the facts it keeps."""
