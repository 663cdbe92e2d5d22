-- Ids in pure SQL and PL/pgSQL; {S} is the schema. Statements are parted by empty lines.
-- id-lint: allow-file[UID010] these functions make typed ids where there is only SQL

CREATE FUNCTION {S}.encode(id uuid) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT substr(a, (hi >> 61 & 7)::int + 1, 1) || substr(a, (hi >> 56 & 31)::int + 1, 1) || substr(a, (hi >> 51 & 31)::int + 1, 1)
    || substr(a, (hi >> 46 & 31)::int + 1, 1) || substr(a, (hi >> 41 & 31)::int + 1, 1) || substr(a, (hi >> 36 & 31)::int + 1, 1)
    || substr(a, (hi >> 31 & 31)::int + 1, 1) || substr(a, (hi >> 26 & 31)::int + 1, 1) || substr(a, (hi >> 21 & 31)::int + 1, 1)
    || substr(a, (hi >> 16 & 31)::int + 1, 1) || substr(a, (hi >> 11 & 31)::int + 1, 1) || substr(a, (hi >> 6 & 31)::int + 1, 1)
    || substr(a, (hi >> 1 & 31)::int + 1, 1) || substr(a, ((hi & 1) << 4 | (lo >> 60 & 15))::int + 1, 1)
    || substr(a, (lo >> 55 & 31)::int + 1, 1) || substr(a, (lo >> 50 & 31)::int + 1, 1) || substr(a, (lo >> 45 & 31)::int + 1, 1)
    || substr(a, (lo >> 40 & 31)::int + 1, 1) || substr(a, (lo >> 35 & 31)::int + 1, 1) || substr(a, (lo >> 30 & 31)::int + 1, 1)
    || substr(a, (lo >> 25 & 31)::int + 1, 1) || substr(a, (lo >> 20 & 31)::int + 1, 1) || substr(a, (lo >> 15 & 31)::int + 1, 1)
    || substr(a, (lo >> 10 & 31)::int + 1, 1) || substr(a, (lo >> 5 & 31)::int + 1, 1) || substr(a, (lo & 31)::int + 1, 1)
  FROM (SELECT '0123456789abcdefghjkmnpqrstvwxyz' AS a, ('x' || substr(h, 1, 16))::bit(64)::bigint AS hi, ('x' || substr(h, 17))::bit(64)::bigint AS lo
    FROM (SELECT replace(id::text, '-', '') AS h) y) x
$$

CREATE FUNCTION {S}.decode(core text) RETURNS uuid LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE hi bigint := 0; lo bigint := 0; digit int; lower_core text := translate(core, 'ABCDEFGHJKMNPQRSTVWXYZ', 'abcdefghjkmnpqrstvwxyz');
BEGIN
  IF core COLLATE "C" !~ '^[0-7][0-9A-HJKMNP-TV-Za-hjkmnp-tv-z]{25}$' THEN RETURN NULL; END IF;
  FOR at IN 1..26 LOOP
    digit := strpos('0123456789abcdefghjkmnpqrstvwxyz', substr(lower_core, at, 1)) - 1;
    hi := hi << 5 | (lo >> 59 & 31);
    lo := lo << 5 | digit;
  END LOOP;
  RETURN encode(int8send(hi) || int8send(lo), 'hex')::uuid;
END
$$

CREATE FUNCTION {S}.versioned(bytes bytea, version int) RETURNS uuid LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT encode(set_byte(set_byte(bytes, 6, (get_byte(bytes, 6) & 15) | (version << 4)), 8, (get_byte(bytes, 8) & 63) | 128), 'hex')::uuid
$$

CREATE FUNCTION {S}.generate_uuid() RETURNS uuid LANGUAGE sql VOLATILE PARALLEL SAFE AS $$
  SELECT encode(set_byte(overlay(uuid_send(gen_random_uuid()) PLACING substr(int8send((extract(epoch FROM clock_timestamp()) * 1000)::bigint), 3, 6) FROM 1 FOR 6),
    6, 112 | (get_byte(uuid_send(gen_random_uuid()), 6) & 7)), 'hex')::uuid
$$

CREATE FUNCTION {S}.generate() RETURNS text LANGUAGE sql VOLATILE PARALLEL SAFE AS $$
  SELECT {S}.encode({S}.generate_uuid())
$$

CREATE FUNCTION {S}.generate(prefix text) RETURNS text LANGUAGE plpgsql VOLATILE PARALLEL SAFE AS $$
BEGIN
  IF prefix IS NULL OR prefix COLLATE "C" !~ '^[a-z]{1,32}$' THEN
    RAISE EXCEPTION 'prefix % is not 1 to 32 lowercase letters', quote_nullable(left(prefix, 64)) USING ERRCODE = 'invalid_parameter_value';
  END IF;
  RETURN prefix || '_' || {S}.generate();
END
$$

CREATE FUNCTION {S}.parse(id text, OUT prefix text, OUT scope text, OUT core text, OUT bits uuid) LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE head text;
BEGIN
  core := translate(right(id, 26), 'ABCDEFGHJKMNPQRSTVWXYZ', 'abcdefghjkmnpqrstvwxyz');
  bits := {S}.decode(core);
  head := left(id, greatest(length(id) - 27, 0));
  IF bits IS NULL OR length(id) > 26 AND substr(id, length(id) - 26, 1) <> '_' OR length(id) = 27
    OR octet_length(id) > 512 OR head <> '' AND head COLLATE "C" !~ '^[a-z]{1,32}(_[0-9A-Za-z][0-9A-Za-z_-]{0,199})?$' THEN
    prefix := NULL; scope := NULL; core := NULL; bits := NULL;
    RETURN;
  END IF;
  prefix := nullif(split_part(head, '_', 1), '');
  scope := nullif(substr(head, length(prefix) + 2), '');
END
$$

CREATE FUNCTION {S}.thread_of(id text) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE parts record; key text;
BEGIN
  SELECT * INTO parts FROM {S}.parse(id);
  IF parts.prefix = 'thread' AND parts.scope IS NULL THEN RETURN parts.core; END IF;
  IF parts.prefix IN ('run', 'message', 'tool') AND parts.scope IS NOT NULL THEN
    key := parts.scope;
    WHILE starts_with(key, 'thread_') LOOP key := substr(key, 8); END LOOP;
    RETURN coalesce({S}.encode({S}.decode(key)), nullif(key, ''));
  END IF;
  RETURN NULL;
END
$$

CREATE FUNCTION {S}.timestamp_of(id text) RETURNS timestamptz LANGUAGE sql STABLE STRICT PARALLEL SAFE AS $$
  SELECT CASE WHEN get_byte(b, 6) >> 4 = 7 AND get_byte(b, 8) >> 6 = 2
    THEN to_timestamp(('x' || substr(encode(b, 'hex'), 1, 12))::bit(48)::bigint / 1000.0) END
  FROM (SELECT uuid_send(p.bits) AS b FROM {S}.parse(id) p) x
$$

CREATE FUNCTION {S}.timestamp_of(id uuid) RETURNS timestamptz LANGUAGE sql STABLE STRICT PARALLEL SAFE AS $$
  SELECT {S}.timestamp_of({S}.encode(id))
$$

CREATE FUNCTION {S}.to_uuid(id text) RETURNS uuid LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT p.bits FROM {S}.parse(id) p
$$

CREATE FUNCTION {S}.to_text(id uuid) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT {S}.encode(id)
$$

CREATE FUNCTION {S}.to_text(id uuid, prefix text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT prefix || '_' || {S}.encode(id)
$$
