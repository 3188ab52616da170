"""Answers are proven: a reply is a template over the results of this turn's calls, and holds no fact of its own.

Whoever writes the reply (a language model or the offline one) never types a number, a name or a claim. It writes
*references*, and the renderer fills them in from the results, with units, local times, the person's language.

Results
    The tool results of one turn are numbered in the order of their ToolMessages: `r1`, `r2` …; `a1`, `a2` … are the
    arguments of the calls (what was asked for), `now` is the house's time.
    A list or a connection is always `{nodes: [...], hasMore: bool, total: int | null}`. An object is its fields.
    Nothing found (null) is empty. A failed call is `{error: {code, message}}`. A write that the graph refused is the
    refusal: `{__typename, code, message, …}`. `ask_person` gives `{choice: index, label: text, value: …}`.

References
    {r1.nodes[0].value}            a cell: "913 ppm"; the unit, the zone and the words follow from the contract
    {r1.nodes[-1].at}              negative indexes count from the end; times: "20 октября 2022, 14:15"
    {r1.nodes[*].room.number}      a column: the distinct values joined by commas, nulls left out
    {r1.total}  {a1.where.level}  {now}
    {r1.nodes | count}             how many; refused unless the result is complete or has its total
    {PATH | FILTER | FILTER}       filters, left to right; texts in double quotes:

    count                          length of a list (complete, or with a total)
    min  max  sum  mean            over a column (complete lists only); the unit stays
    plural "тревога" "тревоги" "тревог"    number and noun: "3 тревоги"; in English two forms
    form "тревога" "тревоги" "тревог"      the noun alone, in the form that the number asks for
    date  time  ago  since         "20 октября 2022" · "14:15" · "5 минут назад" · "3 ч 20 мин" (until now)
    bare                           a number without its unit
    round N                        at most N digits after the point
    cap  lower                     first letter capital; all small
    or "text"                      said instead of a null

Loops
    {for s in r1.nodes}…{s.value}…{end}
    {for s in r1.nodes limit 10 sep ", "}…{end}
    One variable per loop, any plain word. Loops nest. When something is left out (by `limit`, or because the result has
    more), the renderer itself says so at the end of the loop ("… и ещё 12").
    A line that holds nothing but a block tag (for, if, else, end) leaves no empty line behind.

Conditions
    {if CONDITION}…{else}…{end}          else is optional; `not` turns a condition round
    PATH                                 neither null, false, zero nor empty
    PATH == VALUE  != > >= < <=          VALUE: a number, true, false, an enum's name, "text"
    r1 empty                             nothing was found, and the result is complete
    r1 complete                          the result holds everything there is (hasMore: false)
    r1 done | refused | declined | failed    a write was carried out | refused by the graph | not approved | no answer

What is rejected (`Rejected`, with a reason which a model can act on)
    - digits and numbers in words outside references (CO2 and the like excepted);
    - names of the graph (labels seen in results) outside references;
    - «нет», «ничего», none, no …    unless inside a branch whose condition found nothing (`r1 empty`, a false or null
      cell, zero), or the last uncited result is empty and complete;
    - «все», «всего», all, every …   unless inside `{if r1 complete}`, or every cited result is complete;
    - «готово», «подтверждена», done, acknowledged …   unless inside `{if r1 done}`, or a write of this turn was done;
    - no reference at all although something was found;
    - a path that does not exist in the result.

Example
    {if r1 empty}Сейчас нигде не душно.{else}Душно в {r1.total | plural "комнате" "комнатах" "комнатах"}:
    {for s in r1.nodes limit 10}
    • {s.room.number} — {s.value} ({s.at | time})
    {end}
    {end}
"""
