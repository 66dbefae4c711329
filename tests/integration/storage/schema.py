"""What a database's tables are, and what is in them, in a form that two states can be compared in."""

from sqlalchemy import Connection, text

# Alembic's own: it changes with each revision, and that is all it does.
_OURS = (
    "n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast') AND c.relname !~ '^alembic_version'"
)

_PARTS = {
    "relation": f"""
        SELECT concat_ws(' ', c.relname, c.relkind) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE {_OURS}""",
    "column": f"""
        SELECT concat_ws(' ', c.relname, a.attname, format_type(a.atttypid, a.atttypmod),
            CASE WHEN a.attnotnull THEN 'not null' END, pg_get_expr(d.adbin, d.adrelid), a.attidentity, a.attgenerated)
        FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
        LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
        WHERE {_OURS} AND a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p', 'v', 'm')""",
    "constraint": f"""
        SELECT concat_ws(' ', c.relname, k.conname, pg_get_constraintdef(k.oid))
        FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE {_OURS}""",
    "index": f"""
        SELECT pg_get_indexdef(i.indexrelid)
        FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE {_OURS}""",
    "trigger": f"""
        SELECT pg_get_triggerdef(t.oid)
        FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE {_OURS} AND NOT t.tgisinternal""",
    "function": """
        SELECT pg_get_functiondef(p.oid) FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
        WHERE n.nspname NOT IN ('pg_catalog', 'information_schema') AND p.prokind IN ('f', 'p')""",
    "type": """
        SELECT concat_ws(' ', t.typname, t.typtype,
            (SELECT string_agg(e.enumlabel, ',' ORDER BY e.enumsortorder) FROM pg_enum e WHERE e.enumtypid = t.oid))
        FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
        WHERE n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast') AND t.typtype IN ('e', 'd')""",
    "schema": "SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_'",
    "extension": "SELECT extname FROM pg_extension",
}


def schema_of(connection: Connection) -> set[str]:
    """One line for each table, column, constraint, index, trigger, function and type."""
    return {f"{kind}: {line}" for kind, query in _PARTS.items() for line in connection.scalars(text(query))}


def tables_of(connection: Connection) -> set[str]:
    """The tables' names."""
    found = connection.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"))
    return set(found) - {"alembic_version"}


def rows_of(connection: Connection) -> dict[str, list[str]]:
    """Each table's rows, as sorted text; columns by their names, for one that is taken back stands last."""
    return {
        table: sorted(connection.scalars(text(f'SELECT to_jsonb(t)::text FROM "{table}" t')))
        for table in sorted(tables_of(connection))
    }
