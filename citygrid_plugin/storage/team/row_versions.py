"""Versions of rows, kept by the database itself: no program can overwrite what it has not read.

Every table with a key of one column gets ``citygrid_version``, the number of the row's last change (0: as it was moved
in), and ``citygrid_edited_from``, which an UPDATE sets to the version that it was made on and which reads as NULL. An
UPDATE without it, or with another version than the row's, is refused; so is a DELETE, whose version stands in the
transaction's setting ``citygrid.edited_from``. Numbers come from one sequence of the schema and never return, so that a
row deleted and made again is not taken for the old one.

``citygrid_changes`` tells every change, by whom and what the row was before; triggers write it with the rights of the
schema's owner, so that nobody else can. The notice that goes out wakes listeners, who read there what has changed:
one that was away misses nothing.
"""

from __future__ import annotations

STALE, BASELESS = "CG001", "CG002"
"""SQLSTATE of an edit of a row that has changed since, and of one that does not say what it is based on."""

# PostgreSQL 13 or later. Values before a change are kept as PostgreSQL's own text, which comes back exactly.
ROW_VERSIONS = """
CREATE SEQUENCE {schema}.citygrid_versions;
CREATE TABLE {schema}.citygrid_changes (
    version bigint PRIMARY KEY,
    table_name text NOT NULL,
    row_key text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('insert', 'update', 'delete')),
    based_on bigint,
    before jsonb,
    changed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    changed_by text NOT NULL DEFAULT session_user,
    transaction xid8 NOT NULL DEFAULT pg_current_xact_id(),
    save uuid,
    place integer,
    UNIQUE (save, place));
CREATE INDEX ON {schema}.citygrid_changes (transaction);
CREATE INDEX ON {schema}.citygrid_changes (table_name, row_key, based_on);
COMMENT ON TABLE {schema}.citygrid_changes IS 'Every change of a row: which, by whom, and what the row was before';

CREATE FUNCTION {schema}.citygrid_check() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = {schema}, pg_temp AS $citygrid$
DECLARE
    said bigint;
BEGIN
    IF TG_OP <> 'INSERT' THEN
        IF TG_OP = 'UPDATE' THEN
            said := NEW.citygrid_edited_from;
        ELSE
            said := nullif(current_setting('citygrid.edited_from', true), '');
        END IF;
        IF said IS NULL THEN
            RAISE EXCEPTION 'The edit of a row of "%" does not say which version it is based on.', TG_TABLE_NAME
            USING ERRCODE = 'CG002', HINT = 'Edit with CityGrid, which keeps what colleagues have saved meanwhile.';
        ELSIF said <> OLD.citygrid_version THEN
            RAISE EXCEPTION 'A row of "%" has been changed since it was read.', TG_TABLE_NAME
            USING ERRCODE = 'CG001', HINT = 'Read the row again, then decide between the two changes.';
        END IF;
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    NEW.citygrid_version := nextval('citygrid_versions');
    NEW.citygrid_edited_from := NULL;
    RETURN NEW;
END $citygrid$;

CREATE FUNCTION {schema}.citygrid_note() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = {schema}, pg_temp SET datestyle = 'ISO, YMD' SET timezone = 'UTC' SET bytea_output = 'hex'
SET extra_float_digits = 1 AS $citygrid$
DECLARE
    names text;
    texts text;
    earlier jsonb;
    old_key text;
    new_key text;
    old_version bigint;
    sent text[] := string_to_array(nullif(current_setting('citygrid.save', true), ''), '/');
BEGIN
    IF TG_OP <> 'INSERT' THEN
        SELECT string_agg(quote_literal(attname), ','), string_agg(format('($1).%I::text', attname), ',')
        INTO names, texts FROM pg_attribute
        WHERE attrelid = TG_RELID AND attnum > 0 AND NOT attisdropped AND attname NOT LIKE 'citygrid\\_%';
        EXECUTE format('SELECT jsonb_object(ARRAY[%s]::text[], ARRAY[%s]::text[]), ($1).%I::text',
                       names, texts, TG_ARGV[0]) INTO earlier, old_key USING OLD;
        old_version := OLD.citygrid_version;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        EXECUTE format('SELECT ($1).%I::text', TG_ARGV[0]) INTO new_key USING NEW;
    END IF;
    IF old_key IS DISTINCT FROM new_key AND TG_OP = 'UPDATE' THEN
        INSERT INTO citygrid_changes (version, table_name, row_key, kind, based_on, before)
        VALUES (nextval('citygrid_versions'), TG_TABLE_NAME, old_key, 'delete', old_version, earlier);
    END IF;
    INSERT INTO citygrid_changes (version, table_name, row_key, kind, based_on, before, save, place)
    VALUES (CASE TG_OP WHEN 'DELETE' THEN nextval('citygrid_versions') ELSE NEW.citygrid_version END, TG_TABLE_NAME,
            coalesce(new_key, old_key), lower(TG_OP), old_version, earlier, sent[1]::uuid, sent[2]::integer);
    PERFORM pg_notify('citygrid_' || md5(TG_TABLE_SCHEMA), pg_current_xact_id()::text);
    RETURN NULL;
END $citygrid$;

CREATE FUNCTION {schema}.citygrid_prepare() RETURNS void LANGUAGE plpgsql
SET search_path = {schema}, pg_temp AS $citygrid$
DECLARE
    found record;
BEGIN
    FOR found IN
        SELECT quote_ident(current_schema()) || '.' || quote_ident(c.relname) AS target, a.attname AS key
        FROM pg_class AS c JOIN pg_index AS i ON i.indrelid = c.oid AND i.indisprimary AND i.indnkeyatts = 1
        JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum = i.indkey[0]
        WHERE c.relnamespace = quote_ident(current_schema())::regnamespace AND c.relkind = 'r'
        AND c.relname NOT LIKE 'citygrid\\_%'
        AND NOT EXISTS (SELECT FROM pg_trigger AS t WHERE t.tgrelid = c.oid AND t.tgname = 'citygrid_note')
        ORDER BY c.relname
    LOOP
        EXECUTE 'ALTER TABLE ' || found.target || ' ADD COLUMN citygrid_version bigint NOT NULL DEFAULT 0,'
            ' ADD COLUMN citygrid_edited_from bigint';
        EXECUTE 'CREATE TRIGGER citygrid_check BEFORE INSERT OR UPDATE OR DELETE ON ' || found.target
            || ' FOR EACH ROW EXECUTE FUNCTION citygrid_check()';
        EXECUTE 'CREATE TRIGGER citygrid_note AFTER INSERT OR UPDATE OR DELETE ON ' || found.target
            || ' FOR EACH ROW EXECUTE FUNCTION citygrid_note(' || quote_literal(found.key) || ')';
    END LOOP;
END $citygrid$;
REVOKE EXECUTE ON FUNCTION {schema}.citygrid_prepare() FROM PUBLIC;
SELECT {schema}.citygrid_prepare()
"""
"""The migration; {schema} is the schema's name."""
