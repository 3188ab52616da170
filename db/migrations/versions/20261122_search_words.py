"""Words as people type them: letters and sounds, case endings, slips, noise, spoken numbers. Pure functions."""

from alembic import op

revision = "20261122_search_words"
down_revision = "20261122_watch_begins"
branch_labels = None
depends_on = None


# Letters. Nothing here depends on the server's locale: lower() sees ASCII only, the rest is written out.

LETTERS = r"""
CREATE FUNCTION physical.fold(original text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT translate(lower(original COLLATE "C"),
        'АБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯЁёІіЇїЄєҐґÀÁÂÃÄÅàáâãäåÇçÈÉÊËèéêëÌÍÎÏìíîïÑñÒÓÔÕÖØòóôõöøÙÚÛÜùúûüÝýÿ',
        'абвгдежзийклмнопрстуфхцчшщъыьэюяееиииииеегг' ||
        'aaaaaaaaaaaacceeeeeeeeiiiiiiiinnoooooooooooouuuuuuuuyyy')
$$;
COMMENT ON FUNCTION physical.fold IS 'Lower case, ё as е, no accents.';

CREATE FUNCTION physical.one_script(word text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT CASE
        WHEN word !~ '[a-z]' OR word !~ '[а-я]' THEN word
        WHEN word ~ '[бгджзийлпфцчшщъыьэюя]' THEN translate(word, 'abcehkmoptxy', 'авсенкмортху')
        ELSE translate(word, 'авсенкмортху', 'abcehkmoptxy')
    END
$$;
COMMENT ON FUNCTION physical.one_script IS 'A word typed in two alphabets (рoза with a Latin o), in the one it was meant in.';

CREATE FUNCTION physical.words(original text) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT coalesce(array_agg(physical.one_script(word) ORDER BY position), '{}')
    FROM regexp_split_to_table(
        regexp_replace(
        regexp_replace(
        regexp_replace(
            physical.fold(regexp_replace(original, '([a-zа-яё])([A-ZА-ЯЁ])', '\1 \2', 'g')),
            '[''’`ʼ´](s(?![a-z]))?', '', 'g'),
            '(^|[\s(,])[-−–]([0-9]{1,2})(?![0-9])', '\1minus\2', 'g'),
            '([0-9])-?(й|я|м|ю|го|му|ый|ой|ая|ую|ом|st|nd|rd|th)(?![a-z0-9а-я])', '\1 \2', 'g'),
        '[^a-z0-9а-я]+') WITH ORDINALITY AS piece (word, position)
    WHERE word <> ''
$$;
COMMENT ON FUNCTION physical.words IS 'The words of a name or a query, folded, in order.';

CREATE FUNCTION physical.plain_number(word text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT regexp_replace(word, '(^|[^0-9])0+([0-9])', '\1\2', 'g')
$$;
COMMENT ON FUNCTION physical.plain_number IS 'Without leading zeros: 0412 is 412, a012 is a12.';

CREATE FUNCTION physical.look(word text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT CASE WHEN word ~ '[0-9]' OR word !~ '[^авекмнорстухabcehkmoptxy]'
        THEN translate(word, 'авекмнорстух', 'abekmhopctyx') END
$$;
COMMENT ON FUNCTION physical.look IS 'How a code looks in Latin capitals: Cyrillic А102 as a102. Null for words that are not codes.';

CREATE FUNCTION physical.sound(word text) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
    IF word ~ '[a-z]' THEN
        word := regexp_replace(word, 'shch|sch|sh', 'W', 'g');
        word := replace(replace(replace(replace(word, 'ch', 'C'), 'zh', 'J'), 'kh', 'h'), 'ph', 'f');
        word := regexp_replace(replace(replace(word, 'th', 't'), 'ck', 'k'), 'ts|tz|c(?=[eiy])', 's', 'g');
        word := regexp_replace(regexp_replace(word, 'y(?=[aueo])|j(?=[auo])', '', 'g'), 'y|j|ee', 'i', 'g');
        word := translate(replace(replace(word, 'oo', 'u'), 'x', 'ks'), 'cqw', 'kkv');
    END IF;
    RETURN translate(word, 'абвгдежзийклмнопрстуфхцчшщыэюяьъ', 'abvgdeJziiklmnoprstufhsCWWieua');
END $$;
COMMENT ON FUNCTION physical.sound IS 'One Latin letter for each sound, from either alphabet: Альфа and Alpha are alfa.';

CREATE FUNCTION physical.skeleton(word text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT regexp_replace(physical.sound(word), '([a-zA-Z])\1+', '\1', 'g')
$$;
COMMENT ON FUNCTION physical.skeleton IS 'The sound without doubled letters.';

CREATE FUNCTION physical.stems(skeleton text) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT CASE WHEN skeleton ~ '[0-9]' OR length(skeleton) < 3 THEN '{}' ELSE ARRAY(
        SELECT skeleton
        UNION
        SELECT left(skeleton, -length(ending)) FROM unnest(
            '{a,e,i,o,u,oi,ei,ou,eu,oe,ie,om,em,im,am,ov,ev,ah,ih,ami,imi,ogo,ego,omu,emu}'::text[]) AS ending
        WHERE skeleton LIKE '%' || ending AND length(skeleton) >= length(ending) + 2
        UNION
        SELECT left(skeleton, -2) || right(skeleton, 1)
        WHERE length(skeleton) >= 4 AND skeleton ~ '[^aeiou][eo][^aeiou]$'
    ) END
$$;
COMMENT ON FUNCTION physical.stems IS 'What the word may be without its Russian case ending or fleeting vowel: veter, vetr.';
"""

# Typing errors: words are near if, after deleting at most so many letters from each, something equal is left.

TYPOS = r"""
CREATE FUNCTION physical.forgiven(word text) RETURNS int LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT CASE WHEN word ~ '[0-9]' OR length(word) < 4 THEN 0 WHEN length(word) < 8 THEN 1 ELSE 2 END
$$;
COMMENT ON FUNCTION physical.forgiven IS 'How many typing errors a word bears; a number bears none.';

CREATE FUNCTION physical.deletions(word text, most int) RETURNS text[] LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    start text := left(word, 7);
    less text;
    found text[] := ARRAY[start];
BEGIN
    FOR i IN 1 .. length(start) LOOP
        less := left(start, i - 1) || substr(start, i + 1);
        found := found || less;
        FOR j IN i .. CASE WHEN most > 1 THEN length(less) ELSE 0 END LOOP
            found := found || (left(less, j - 1) || substr(less, j + 1));
        END LOOP;
    END LOOP;
    RETURN found;
END $$;
COMMENT ON FUNCTION physical.deletions IS
    'The first seven letters less up to so many (one or two): two words within so many edits share one of these.';

CREATE FUNCTION physical.edits(a text, b text, most int) RETURNS int LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    same int := 0;
BEGIN
    WHILE same < least(length(a), length(b)) AND substr(a, same + 1, 1) = substr(b, same + 1, 1) LOOP
        same := same + 1;
    END LOOP;
    a := substr(a, same + 1);
    b := substr(b, same + 1);
    IF abs(length(a) - length(b)) > most THEN
        RETURN NULL;
    ELSIF a = '' OR b = '' THEN
        RETURN length(a) + length(b);
    ELSIF most = 0 THEN
        RETURN NULL;
    END IF;
    RETURN 1 + least(
        physical.edits(substr(a, 2), substr(b, 2), most - 1),
        physical.edits(substr(a, 2), b, most - 1),
        physical.edits(a, substr(b, 2), most - 1),
        CASE WHEN left(a, 2) = reverse(left(b, 2)) THEN physical.edits(substr(a, 3), substr(b, 3), most - 1) END);
END $$;
COMMENT ON FUNCTION physical.edits IS
    'Letters inserted, deleted, replaced or swapped with their neighbour between two words; null if more than most.';

CREATE FUNCTION physical.shortest(stems text[]) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT s FROM unnest(stems) AS s ORDER BY length(s), s LIMIT 1
$$;

CREATE FUNCTION physical.keys(word text, typos int) RETURNS text[] LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    skeleton text := physical.skeleton(word);
    stems text[] := physical.stems(skeleton);
    stem text := physical.shortest(stems);
    found text[] := array_remove(ARRAY[word, skeleton, physical.look(word)], NULL) || stems;
BEGIN
    IF typos > 0 AND word !~ '[0-9]' THEN
        found := found || physical.deletions(physical.sound(word), typos);
        IF word ~ '[a-z]' THEN
            found := found || physical.deletions(word, typos);
        END IF;
        IF length(stem) >= 4 THEN
            found := found || physical.deletions(stem, least(typos, physical.forgiven(stem)));
        END IF;
    END IF;
    RETURN ARRAY(SELECT DISTINCT unnest(found));
END $$;
COMMENT ON FUNCTION physical.keys IS 'Words that may mean the same share a key; physical.search then judges whether they do.';

CREATE FUNCTION physical.typed_alike(asked text, sound text, stems text[], word text, skeleton text) RETURNS double precision
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    most int := physical.forgiven(word);
    wrong int;
    stem text;
BEGIN
    IF most = 0 OR abs(length(sound) - length(skeleton)) > most + 3 THEN
        RETURN 0;
    END IF;
    wrong := physical.edits(sound, physical.sound(word), most);
    IF wrong IS NULL AND asked ~ '[a-z]' AND word ~ '[a-z]' THEN
        wrong := physical.edits(asked, word, most);
    END IF;
    IF wrong IS NOT NULL THEN
        RETURN least(0.9, 1 - 1.0 * wrong / length(word));
    END IF;
    stem := physical.shortest(physical.stems(skeleton));
    wrong := physical.edits(physical.shortest(stems), stem, physical.forgiven(stem));
    RETURN CASE WHEN wrong IS NULL THEN 0 ELSE least(0.85, 0.95 - 1.0 * wrong / length(stem)) END;
END $$;
COMMENT ON FUNCTION physical.typed_alike IS 'How well a word with typing errors stands for another, 0 to 0.9.';
"""

# Words that say what kind of thing is meant, or nothing.

NOISE = r"""
CREATE FUNCTION physical.noise(word text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT CASE
        WHEN word ~ '^(ооо|оао|зао|пао|нао|ао|ип|чп|тоо|ано|нко|фгуп|муп|гуп|llc|ltd|limited|inc|gmbh|corp|plc|jsc|pjsc|ojsc|bv|oy|ooo|oao|zao|pao|ao)$'
            OR word ~ '^(обществ.|ограниченной|ответственность.|акционерн..|индивидуальн...?|предпринимател.)$' THEN 'LEGAL'
        WHEN word ~ '^(у|в|во|на|с|со|к|ко|о|об|по|из|от|до|для|за|под|и|не|номер|номера|no|nr|number|the|a|an|at|in|on|of|to|for|with|and|by)$'
            THEN 'SMALL'
        WHEN word ~ '^(каб|ком|пом|ауд|оф|rm)$|^(кабинет|комнат|помещени|офис|аудитори|room|office)[a-zа-я]{0,2}$' THEN 'ROOM'
        WHEN word ~ '^(эт|fl)$|^(этаж|floor|storey|level)[a-zа-я]{0,2}$' THEN 'FLOOR'
        WHEN word ~ '^(здани|корпус|building)[a-zа-я]{0,2}$' THEN 'BUILDING'
        WHEN word ~ '^(арендатор|компани|фирм|организаци|tenant|company)[a-zа-я]{0,2}$' THEN 'TENANT'
        WHEN word ~ '^(договор|контракт|аренд|lease|contract)[a-zа-я]{0,2}$' THEN 'LEASE'
        WHEN word ~ '^(датчик|сенсор|sensor)[a-zа-я]{0,2}$' THEN 'SENSOR'
    END
$$;
COMMENT ON FUNCTION physical.noise IS
    'Why a word need not be found: a form of company, a small word, or the kind of thing it names; else null.';
"""

# Numbers said in words: «четыреста двенадцатая», "four twelve", «один ноль два».

SPOKEN = r"""
CREATE FUNCTION physical.number_word(word text) RETURNS int LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT CASE
        WHEN word ~ '^[a-z]' THEN (
            SELECT n FROM (VALUES
                ('^(zero|oh)$', 0), ('^(one|first)$', 1), ('^(two|second)$', 2), ('^(three|third)$', 3),
                ('^four(th)?$', 4), ('^(five|fifth)$', 5), ('^six(th)?$', 6), ('^seven(th)?$', 7), ('^eighth?$', 8),
                ('^(nine|ninth)$', 9), ('^ten(th)?$', 10), ('^eleven(th)?$', 11), ('^twel(ve|fth)$', 12),
                ('^thirteen(th)?$', 13), ('^fourteen(th)?$', 14), ('^fifteen(th)?$', 15), ('^sixteen(th)?$', 16),
                ('^seventeen(th)?$', 17), ('^eighteen(th)?$', 18), ('^nineteen(th)?$', 19), ('^twent(y|ieth)$', 20),
                ('^thirt(y|ieth)$', 30), ('^fort(y|ieth)$', 40), ('^fift(y|ieth)$', 50), ('^sixt(y|ieth)$', 60),
                ('^sevent(y|ieth)$', 70), ('^eight(y|ieth)$', 80), ('^ninet(y|ieth)$', 90), ('^hundred(th)?$', 100)
            ) AS known (form, n) WHERE word ~ form)
        ELSE (
            SELECT n FROM (VALUES
                ('^(ноль|нол[яею]|ноле?м)$', 0), ('^(один|одн(а|о|ой|у|ого|ому|им|ом)|перв..?.?)$', 1),
                ('^(два|две|двух|двум|двумя|втор..?.?)$', 2), ('^(три|трех|трем|тремя|трет(ий|ь..?.?))$', 3),
                ('^(четыр(е|ех|ем|ьмя)|четверт..?.?)$', 4), ('^пят(ь|и|ью|ый|ая|ое|ой|ом|ую|ого|ому|ым)$', 5),
                ('^шест(ь|и|ью|ой|ая|ое|ом|ую|ого|ому|ым)$', 6), ('^(сем(ь|и|ью)|седьм..?.?)$', 7),
                ('^(восемь|восьм..?.?|восемью)$', 8), ('^девят(ь|и|ью|ый|ая|ое|ой|ом|ую|ого|ому|ым)$', 9),
                ('^десят', 10), ('^одиннадцат', 11), ('^двенадцат', 12), ('^тринадцат', 13), ('^четырнадцат', 14),
                ('^пятнадцат', 15), ('^шестнадцат', 16), ('^семнадцат', 17), ('^восемнадцат', 18), ('^девятнадцат', 19),
                ('^двадцат', 20), ('^тридцат', 30), ('^сорок', 40), ('^пят(ь|и)десят', 50), ('^шест(ь|и)десят', 60),
                ('^сем(ь|и)десят', 70), ('^вос(е|ь)м(ь|и)десят', 80), ('^девяност', 90),
                ('^(сто|ста|сот..?.?)$', 100), ('^(двест.|двухсот..?.?)$', 200), ('^(трист.|трехсот..?.?)$', 300),
                ('^(четырест.|четырехсот..?.?)$', 400), ('^пят(ь|и)сот', 500), ('^шест(ь|и)сот', 600),
                ('^сем(ь|и)сот', 700), ('^вос(е|ь)м(ь|и)сот', 800), ('^девят(ь|и)сот', 900)
            ) AS known (form, n) WHERE word ~ form)
    END
$$;
COMMENT ON FUNCTION physical.number_word IS 'The number that a word says, in any case, counting or ordering; else null.';

CREATE FUNCTION physical.spoken(words text[]) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    word text;
    n int;
    said text := CASE WHEN words[1] ~ '^[a-zа-я]{1,2}$' AND cardinality(words) > 1 THEN words[1] ELSE '' END;
    total int;
    space int := 0;
BEGIN
    FOREACH word IN ARRAY CASE WHEN said = '' THEN words ELSE words[2:] END LOOP
        CONTINUE WHEN word = 'and' AND total IS NOT NULL;
        n := physical.number_word(word);
        IF n IS NULL THEN
            RETURN NULL;
        ELSIF n = 100 AND total BETWEEN 1 AND 9 AND word LIKE 'hundred%' THEN
            total := total * 100;
        ELSIF n > 0 AND n < space THEN
            total := total + n;
        ELSE
            said := said || coalesce(total::text, '');
            total := n;
        END IF;
        space := CASE WHEN n >= 100 THEN 100 WHEN n >= 20 THEN 10 ELSE 0 END;
    END LOOP;
    RETURN said || total;
END $$;
COMMENT ON FUNCTION physical.spoken IS
    'The code that words say, digit by digit or as numbers: {четыреста,двенадцатая}, {four,twelve}, {а,сто,два}; else null.';
"""


def upgrade() -> None:
    for statement in (LETTERS, TYPOS, NOISE, SPOKEN):
        op.execute(statement)
