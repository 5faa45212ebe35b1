"""Where in the whole database something stands, in whatever column."""

from django.db import connection


def tables_holding(said: str | bytes) -> set[str]:
    """Return the tables with a row that says this, as text or among the bytes of a column."""
    plain = said.hex() if isinstance(said, bytes) else said
    wanted = {plain, said.hex() if isinstance(said, bytes) else said.encode().hex()}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = current_schema()"
        )
        names = [name for (name,) in cursor.fetchall()]
        found = set()
        for name in names:
            cursor.execute(
                f"SELECT EXISTS (SELECT 1 FROM {name} t WHERE t::text LIKE ANY(%s))",
                [[f"%{text}%" for text in wanted]],
            )
            if cursor.fetchone() == (True,):
                found.add(name)
        return found
