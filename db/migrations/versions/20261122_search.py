"""Search: the words of all names, kept by triggers, and the function that finds by them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "20261122_search"
down_revision = "20261122_search_words"
branch_labels = None
depends_on = None


# Which words of which names: a view of all names, and a table of their words that triggers keep.

NAMES = r"""
CREATE FUNCTION physical.ordinal(number int, language text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT (CASE language
        WHEN 'RU' THEN '{первый,второй,третий,четвертый,пятый,шестой,седьмой,восьмой,девятый,десятый,одиннадцатый,двенадцатый,тринадцатый,четырнадцатый,пятнадцатый,шестнадцатый,семнадцатый,восемнадцатый,девятнадцатый,двадцатый}'
        ELSE '{first,second,third,fourth,fifth,sixth,seventh,eighth,ninth,tenth,eleventh,twelfth,thirteenth,fourteenth,fifteenth,sixteenth,seventeenth,eighteenth,nineteenth,twentieth}'
    END::text[])[number]
$$;

CREATE VIEW physical.search_name AS
    SELECT 'BUILDING' AS kind, id, 0::bigint AS no, code AS name FROM physical.building
    UNION ALL SELECT 'BUILDING', id, 1, name FROM physical.building
    UNION ALL SELECT 'BUILDING', id, 2, address FROM physical.building
    UNION ALL SELECT 'BUILDING', building_id, 3 + id, name FROM physical.alias WHERE building_id IS NOT NULL
    UNION ALL SELECT 'FLOOR', id, 0, CASE WHEN level < 0 THEN 'minus' || -level ELSE level::text END FROM physical.floor
    UNION ALL SELECT 'FLOOR', id, 1, name FROM physical.floor
    UNION ALL SELECT 'FLOOR', id, -1, physical.ordinal(level, 'RU') FROM physical.floor
    UNION ALL SELECT 'FLOOR', id, -2, physical.ordinal(level, 'EN') FROM physical.floor
    UNION ALL SELECT 'FLOOR', floor_id, 3 + id, name FROM physical.alias WHERE floor_id IS NOT NULL
    UNION ALL SELECT 'ROOM', id, 0, number FROM physical.room
    UNION ALL SELECT 'ROOM', id, 1, name FROM physical.room
    UNION ALL SELECT 'ROOM', room_id, 3 + id, name FROM physical.alias WHERE room_id IS NOT NULL
    UNION ALL SELECT 'TENANT', id, 1, name FROM business.tenant
    UNION ALL SELECT 'LEASE', id, 0, number FROM business.lease
    UNION ALL SELECT 'SENSOR', id, 0, code FROM telemetry.sensor
    UNION ALL SELECT 'SENSOR', id, 1, name FROM telemetry.sensor;
COMMENT ON VIEW physical.search_name IS
    'Every name by which a thing is found. Tax numbers, phones and people are not here: not everybody may see them.';

CREATE FUNCTION physical.search_parts(name text)
RETURNS TABLE ("position" int, span int, word text, share double precision)
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE ROWS 5 AS $$
    WITH token AS (
        SELECT position::int AS position, word, physical.noise(word) IS DISTINCT FROM 'LEGAL' AS counts
        FROM unnest(physical.words(name)) WITH ORDINALITY AS t (word, position) WHERE position <= 16
    ),
    size AS (
        SELECT coalesce(sum(length(word)) FILTER (WHERE counts), sum(length(word))) AS total, bool_or(counts) AS some,
            bool_or(word ~ '[0-9]') AS code
        FROM token
    )
    SELECT first.position, count(*)::int, physical.plain_number(string_agg(part.word, '' ORDER BY part.position)),
        coalesce(sum(length(part.word)) FILTER (WHERE part.counts OR NOT size.some), 0)::double precision / size.total
    FROM size, token AS first
    JOIN token AS last ON last.position BETWEEN first.position AND first.position + 3
    JOIN token AS part ON part.position BETWEEN first.position AND last.position
    GROUP BY first.position, last.position, size.total, size.code
    HAVING count(*) <= CASE WHEN size.code THEN 4 ELSE 2 END
    UNION ALL
    SELECT position, 0, physical.plain_number(piece[1]), length(piece[1])::double precision / size.total
    FROM size, token, regexp_matches(word, '[0-9]{2,}|[a-zа-я]{2,}', 'g') AS piece
    WHERE word ~ '[0-9]' AND word ~ '[a-zа-я]'
$$;
COMMENT ON FUNCTION physical.search_parts IS
    'The words of a name (span 1), neighbours glued (2 to 4), and pieces of codes (0); share: of the name''s letters.';

CREATE FUNCTION physical.search_refresh(of text, ids bigint[]) RETURNS void LANGUAGE sql AS $$
    DELETE FROM physical.search_word WHERE kind = of AND subject_id = ANY (ids);
    WITH part AS MATERIALIZED (
        SELECT n.id, n.no, p.* FROM physical.search_name n, physical.search_parts(n.name) p
        WHERE n.kind = of AND n.id = ANY (ids)
    ),
    known AS MATERIALIZED (
        SELECT word, physical.skeleton(word) AS skeleton, physical.keys(word, physical.forgiven(word)) AS keys
        FROM (SELECT DISTINCT word FROM part) AS w
    )
    INSERT INTO physical.search_word (kind, subject_id, name_no, position, span, word, skeleton, share, keys)
        SELECT of, id, no, position, span, word, skeleton, share, keys FROM part JOIN known USING (word);
$$;
COMMENT ON FUNCTION physical.search_refresh IS 'Write the words of these things anew.';
"""

TRIGGERS = r"""
CREATE FUNCTION physical.search_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    CASE TG_OP
    WHEN 'INSERT' THEN
        PERFORM physical.search_refresh(TG_ARGV[0], ARRAY(SELECT id FROM fresh));
    WHEN 'UPDATE' THEN
        PERFORM physical.search_refresh(TG_ARGV[0], ARRAY(
            SELECT id FROM fresh f JOIN gone g USING (id) WHERE f.* IS DISTINCT FROM g.*));
    WHEN 'DELETE' THEN
        PERFORM physical.search_refresh(TG_ARGV[0], ARRAY(SELECT id FROM gone));
    WHEN 'TRUNCATE' THEN
        DELETE FROM physical.search_word WHERE kind = TG_ARGV[0];
    END CASE;
    RETURN NULL;
END $$;

CREATE FUNCTION physical.search_keep_alias() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    buildings bigint[] := '{}';
    floors bigint[] := '{}';
    rooms bigint[] := '{}';
BEGIN
    IF TG_OP <> 'DELETE' THEN
        SELECT array_agg(building_id), array_agg(floor_id), array_agg(room_id) INTO buildings, floors, rooms FROM fresh;
    END IF;
    IF TG_OP <> 'INSERT' THEN
        SELECT buildings || array_agg(building_id), floors || array_agg(floor_id), rooms || array_agg(room_id)
            INTO buildings, floors, rooms FROM gone;
    END IF;
    -- Two who name one thing at once wait for each other, or the second would not see the first one's name.
    PERFORM FROM physical.building WHERE id = ANY (buildings) ORDER BY id FOR NO KEY UPDATE;
    PERFORM FROM physical.floor WHERE id = ANY (floors) ORDER BY id FOR NO KEY UPDATE;
    PERFORM FROM physical.room WHERE id = ANY (rooms) ORDER BY id FOR NO KEY UPDATE;
    PERFORM physical.search_refresh('BUILDING', buildings);
    PERFORM physical.search_refresh('FLOOR', floors);
    PERFORM physical.search_refresh('ROOM', rooms);
    RETURN NULL;
END $$;
"""

# Asking.

SEARCH = r"""
CREATE FUNCTION physical.search_units(query text)
RETURNS TABLE (no int, first int, last int, required boolean, said boolean, hint text, word text, skeleton text, keys text[])
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE ROWS 4 AS $$
    WITH token AS (
        SELECT position::int AS position, word,
            CASE WHEN word <> 'a' OR NOT coalesce(lead(word) OVER (ORDER BY position) ~ '^[0-9]'
                OR physical.number_word(lead(word) OVER (ORDER BY position)) IS NOT NULL, false)
                THEN physical.noise(word) END AS noise,
            word ~ '^(й|я|м|ю|го|му|ый|ой|ая|ую|ом|st|nd|rd|th)$'
                AND lag(word) OVER (ORDER BY position) ~ '[0-9]$' AS ending
        FROM unnest(physical.words(left(query, 200))) WITH ORDINALITY AS t (word, position) WHERE position <= 12
    ),
    glued AS (
        SELECT first.position AS first, last.position AS last,
            physical.plain_number(string_agg(part.word, '' ORDER BY part.position)) AS word,
            bool_and(part.noise IS NULL AND NOT coalesce(part.ending, false)) AS meant, min(part.noise) AS noise,
            array_agg(part.word ORDER BY part.position) AS words
        FROM token AS first
        JOIN token AS last ON last.position BETWEEN first.position AND first.position + 3
        JOIN token AS part ON part.position BETWEEN first.position AND last.position
        GROUP BY first.position, last.position
    )
    SELECT row_number() OVER (ORDER BY first, last)::int, first, last,
        first = last AND (meant OR NOT (SELECT bool_or(meant AND first = last) FROM glued)), false,
        CASE WHEN first = last AND noise NOT IN ('LEGAL', 'SMALL') THEN noise END,
        word, physical.skeleton(word), physical.keys(word, CASE
            WHEN length(word) < 3 OR last > first AND NOT meant OR last > first + 1 THEN 0 WHEN length(word) < 6 THEN 1 ELSE 2 END)
    FROM glued
    UNION ALL
    SELECT -row_number() OVER (ORDER BY first, last)::int, first, last, false, true, NULL,
        said, physical.skeleton(said), ARRAY[said, physical.look(said)]
    FROM glued, physical.plain_number(physical.spoken(words)) AS said WHERE said IS NOT NULL
$$;
COMMENT ON FUNCTION physical.search_units IS
    'What a query asks for: each word (required, unless it is noise), up to four neighbours glued into one, numbers as said.';

CREATE FUNCTION physical.search_scored(query text, kinds text[] DEFAULT NULL)
RETURNS TABLE (kind text, id bigint, score double precision, place bigint)
LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 50 AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    WITH asked AS MATERIALIZED (
        SELECT no, first, last, required, hint, word, keys, skeleton, physical.look(word) AS look,
            physical.sound(word) AS sound, physical.stems(skeleton) AS stems, first < last AS glued,
            (required OR first < last) AND NOT said AND (length(skeleton) > 1 OR count(*) OVER () = 1 AND length(word) = 1) AS begins
        FROM physical.search_units(query)
    ),
    required AS MATERIALIZED (SELECT first AS no, length(word) AS length, count(*) OVER () AS all FROM asked WHERE required),
    -- Words of the index that may be meant: those that share a key, and those that begin so.
    touched AS MATERIALIZED (
        SELECT a.no, w.id, w.kind, w.subject_id, w.name_no, w.position, w.span, w.share, w.word, w.skeleton,
            a.begins AND (a.glued OR w.span <= 1) AS begins
        FROM asked a JOIN physical.search_word w ON w.keys && a.keys
        UNION
        SELECT a.no, w.id, w.kind, w.subject_id, w.name_no, w.position, w.span, w.share, w.word, w.skeleton, true
        FROM asked a JOIN physical.search_word w
            ON w.word >= a.word AND w.word < a.word || chr(1104) AND (a.glued OR w.span <= 1) WHERE a.begins
        UNION
        SELECT a.no, w.id, w.kind, w.subject_id, w.name_no, w.position, w.span, w.share, w.word, w.skeleton, true
        FROM asked a JOIN physical.search_word w
            ON w.skeleton >= a.skeleton AND w.skeleton < a.skeleton || '~' AND (a.glued OR w.span <= 1) WHERE a.begins
    ),
    judged AS MATERIALIZED (
        SELECT a.no, a.first, a.last, w.word, w.begins, CASE
            WHEN w.word = a.word THEN 1
            WHEN a.look = physical.look(w.word) THEN CASE WHEN a.word ~ '[0-9]' THEN 0.99 ELSE 0.95 END
            WHEN a.skeleton = w.skeleton THEN 0.97
            WHEN a.stems <> '{}' AND a.stems && physical.stems(w.skeleton) THEN 0.93
            WHEN w.begins AND (starts_with(w.word, a.word) OR starts_with(w.skeleton, a.skeleton))
                THEN 0.55 + 0.4 * length(a.word) / length(w.word)
            WHEN a.stems <> '{}' THEN physical.typed_alike(a.word, a.sound, a.stems, w.word, w.skeleton)
            END AS likeness
        FROM (SELECT DISTINCT no, word, skeleton, begins FROM touched) AS w JOIN asked a USING (no)
    ),
    hit AS MATERIALIZED (
        SELECT t.kind, t.subject_id, t.name_no, t.position, t.share, j.first, j.last,
            j.likeness * CASE t.span WHEN 0 THEN 0.85 ELSE 1 END AS likeness
        FROM touched t JOIN judged j USING (no, word, begins) WHERE j.likeness > 0
    ),
    own AS MATERIALIZED (
        SELECT h.kind, h.subject_id, r.no, max(h.likeness) AS likeness
        FROM hit h JOIN required r ON r.no BETWEEN h.first AND h.last GROUP BY 1, 2, 3
    ),
    -- A word may also be met by the name of what the thing is in: «дуплекс A102». Who sees the thing sees that too.
    outer_own AS MATERIALIZED (SELECT kind, subject_id AS id, no, 0.9 * likeness AS likeness FROM own WHERE (SELECT max(r.all) FROM required r) > 1),
    evidence AS (
        SELECT kind, subject_id, no, likeness, true AS own FROM own
        UNION ALL SELECT 'FLOOR', f.id, o.no, o.likeness, false
            FROM outer_own o JOIN physical.floor f ON f.building_id = o.id WHERE o.kind = 'BUILDING'
        UNION ALL SELECT 'ROOM', r.id, o.no, o.likeness, false
            FROM outer_own o JOIN physical.room r ON r.building_id = o.id WHERE o.kind = 'BUILDING'
        UNION ALL SELECT 'ROOM', r.id, o.no, o.likeness, false
            FROM outer_own o JOIN physical.room r ON r.floor_id = o.id WHERE o.kind = 'FLOOR'
        UNION ALL SELECT 'SENSOR', s.id, o.no, o.likeness, false
            FROM outer_own o JOIN telemetry.sensor s ON s.building_id = o.id WHERE o.kind = 'BUILDING'
        UNION ALL SELECT 'SENSOR', s.id, o.no, o.likeness, false
            FROM outer_own o JOIN physical.room r ON r.floor_id = o.id JOIN telemetry.sensor s ON s.room_id = r.id
            WHERE o.kind = 'FLOOR'
        UNION ALL SELECT 'SENSOR', s.id, o.no, o.likeness, false
            FROM outer_own o JOIN telemetry.sensor s ON s.room_id = o.id WHERE o.kind = 'ROOM'
        UNION ALL SELECT 'LEASE', l.id, o.no, o.likeness, false
            FROM outer_own o JOIN business.lease l ON l.building_id = o.id WHERE o.kind = 'BUILDING'
        UNION ALL SELECT 'LEASE', l.id, o.no, o.likeness, false
            FROM outer_own o JOIN business.lease l ON l.tenant_id = o.id WHERE o.kind = 'TENANT'
    ),
    meant AS MATERIALIZED (
        SELECT kind, subject_id, sum(r.length * likeness) / sum(r.length) AS likeness
        FROM (
            SELECT kind, subject_id, no, max(likeness) AS likeness, bool_or(own) AS own FROM evidence GROUP BY 1, 2, 3
        ) AS e JOIN required r USING (no)
        WHERE kinds IS NULL OR kind = ANY (kinds)
        GROUP BY 1, 2 HAVING bool_or(own) AND count(*) = max(r.all)
    ),
    covered AS MATERIALIZED (
        SELECT kind, subject_id, max(share) AS share
        FROM (
            SELECT kind, subject_id, name_no, least(1, sum(share)) AS share
            FROM (
                SELECT kind, subject_id, name_no, position, max(share * likeness) AS share FROM hit GROUP BY 1, 2, 3, 4
            ) AS place GROUP BY 1, 2, 3
        ) AS name GROUP BY 1, 2
    ),
    best AS (
        SELECT m.kind, m.subject_id, array_position('{ROOM,FLOOR,BUILDING,TENANT,LEASE,SENSOR}', m.kind) AS rank,
            round((m.likeness * (0.75 + 0.25 * c.share) * CASE
                WHEN m.kind <> (SELECT hint FROM asked WHERE hint IS NOT NULL ORDER BY no LIMIT 1) THEN 0.75
                ELSE 1 END)::numeric, 4)::double precision AS score
        FROM meant m JOIN covered c USING (kind, subject_id)
    )
    SELECT kind, subject_id, score, row_number() OVER (ORDER BY score DESC, rank, subject_id) FROM best;
END $$;
ALTER FUNCTION physical.search_scored SET plan_cache_mode = force_generic_plan;
COMMENT ON FUNCTION physical.search_scored IS
    'All things by code, number, name or alias, whoever may see them; score 1 is the very name, place orders them.';

CREATE FUNCTION physical.search(query text, kinds text[] DEFAULT NULL, most int DEFAULT 200)
RETURNS TABLE (kind text, id bigint, score double precision, label text) LANGUAGE sql STABLE PARALLEL SAFE ROWS 50 AS $$
    SELECT kind, id, score, physical.search_label(kind, id)
    FROM (SELECT * FROM physical.search_scored(query, kinds) ORDER BY place LIMIT most) AS best ORDER BY place
$$;
COMMENT ON FUNCTION physical.search IS 'The best things by code, number, name or alias, and how people call them.';
"""

LABEL = r"""
CREATE FUNCTION physical.search_label(kind text, of bigint) RETURNS text LANGUAGE sql STABLE STRICT PARALLEL SAFE AS $$
    SELECT CASE kind
        WHEN 'BUILDING' THEN (SELECT name FROM physical.building WHERE id = of)
        WHEN 'FLOOR' THEN (SELECT name FROM physical.floor WHERE id = of)
        WHEN 'ROOM' THEN (SELECT concat_ws(' ', number, name) FROM physical.room WHERE id = of)
        WHEN 'TENANT' THEN (SELECT name FROM business.tenant WHERE id = of)
        WHEN 'LEASE' THEN (SELECT number FROM business.lease WHERE id = of)
        WHEN 'SENSOR' THEN (SELECT concat_ws(' ', code, name) FROM telemetry.sensor WHERE id = of)
    END
$$;
COMMENT ON FUNCTION physical.search_label IS 'How people call it: a room by number and name.';
"""

FOUND_IN = {
    "BUILDING": "physical.building",
    "FLOOR": "physical.floor",
    "ROOM": "physical.room",
    "TENANT": "business.tenant",
    "LEASE": "business.lease",
    "SENSOR": "telemetry.sensor",
}


def keep(table: str, function: str) -> None:
    """After each statement that changes a table of names, have a function keep their words."""
    for event, tables in (
        ("INSERT", "REFERENCING NEW TABLE AS fresh"),
        ("UPDATE", "REFERENCING OLD TABLE AS gone NEW TABLE AS fresh"),
        ("DELETE", "REFERENCING OLD TABLE AS gone"),
    ):
        op.execute(
            f"CREATE TRIGGER search_{event.lower()} AFTER {event} ON {table} {tables}"
            f" FOR EACH STATEMENT EXECUTE FUNCTION {function}"
        )


def upgrade() -> None:
    op.create_table(
        "search_word",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.BigInteger(), nullable=False),
        sa.Column("name_no", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("span", sa.Integer(), nullable=False),
        sa.Column("word", sa.Text(collation="C"), nullable=False),
        sa.Column("skeleton", sa.Text(collation="C"), nullable=False),
        sa.Column("share", sa.Float(), nullable=False),
        sa.Column("keys", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_word")),
        schema="physical",
    )
    op.create_index(
        "ix_search_word_keys", "search_word", ["keys"], unique=False, schema="physical", postgresql_using="gin"
    )
    for columns in (["kind", "subject_id"], ["word"], ["skeleton"]):
        op.create_index(
            op.f("ix_search_word_" + "_".join(columns)), "search_word", columns, unique=False, schema="physical"
        )
    for statement in (NAMES, LABEL, SEARCH, TRIGGERS):
        op.execute(statement)
    for kind, table in FOUND_IN.items():
        keep(table, f"physical.search_keep('{kind}')")
        op.execute(
            f"CREATE TRIGGER search_truncate AFTER TRUNCATE ON {table}"
            f" FOR EACH STATEMENT EXECUTE FUNCTION physical.search_keep('{kind}')"
        )
        op.execute(f"SELECT physical.search_refresh('{kind}', ARRAY(SELECT id FROM {table}))")
    keep("physical.alias", "physical.search_keep_alias()")
