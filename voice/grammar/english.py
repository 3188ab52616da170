"""What can be said to the house in English, as a grammar (JSGF), and how its answers are written down."""

from __future__ import annotations

RULES = r"""
<ordinal> = first | second | third | fourth | fifth | sixth | seventh | eighth | ninth | tenth | eleventh | twelfth
          | thirteenth | fourteenth | fifteenth | sixteenth | seventeenth | eighteenth | nineteenth | twentieth;
<one> = one | two | three | four | five | six | seven | eight | nine;
<small> = <one> | ten | eleven | twelve | thirteen | fourteen | fifteen | sixteen | seventeen | eighteen | nineteen
        | twenty;
<floor> = the <ordinal> floor | floor <small> | the basement | the roof;
<place> = <room> | <floor> | <name>;
<where> = (on | in | at | for) <place>;
<kind> = smoke | water | leak | temperature | humidity | door | motion | power | noise | light | carbon dioxide;
<measured> = temperature | humidity | carbon dioxide | air quality | status | situation | noise;
<state> = active | open | unacknowledged | critical | all | new;
<things> = [<state>] alarms | [all] events | [all | the | silent | faulty] sensors | [free | vacant | all] rooms
         | [all] tenants | <kind> sensors | leases | fire zones;
<when> = today | yesterday | last night | this week | last week | this month | now;
<show> = (show | list | find) [me] <things> [<where>] [<when>];
<plan> = (show | give) [me] (the plan of | the map of | plan of) (<floor> | <room>) | show [me] <floor>;
<ask> = what is the <measured> [<where>]
      | what is (happening | wrong | going on) [<where>]
      | which rooms are (free | vacant | stuffy | warm | cold) [<where>]
      | which sensors are (silent | faulty) [<where>]
      | how many (alarms | tenants | sensors | rooms) [are there | are] [<where>]
      | who (rents | occupies) (<room> | <name>)
      | what does <name> rent
      | where is <name>
      | when does the lease (of | for) (<room> | <name>) (expire | end)
      | which leases (end | expire) (this month | next month | this year)
      | where is it (stuffy | hot | cold | noisy)
      | is (anyone | anybody | there anyone) in <room>
      | who is affected
      | what happened [<where>] [<when>]
      | what (matters now | is the situation | time is it | needs attention)
      | which is the (hottest | coldest | stuffiest) room
      | are there [any] [<state>] alarms [<where>];
<act> = (acknowledge | confirm) (the [last | first] alarm | all alarms | it) [<where>]
      | (close | reset) (the [last] alarm | all alarms) [<where>]
      | shelve (the [last] alarm | it) [<where>] for (<small> minutes | one hour | <one> hours)
      | (call | page) the (engineer | guard | manager);
<talk> = yes | no | yes please | no thank you | cancel | stop | repeat | repeat that | help | go on | continue
       | thank you | good morning | good evening | the <ordinal> one;
<command> = [please] (<show> | <plan> | <ask> | <act>) [please] | <talk>;
"""
ANY_ROOM = r"""
<tens> = twenty | thirty | forty | fifty | sixty | seventy | eighty | ninety;
<teen> = ten | eleven | twelve | thirteen | fourteen | fifteen | sixteen | seventeen | eighteen | nineteen;
<two> = <tens> [<one>] | <teen> | oh <one>;
<number> = <one> <two> | <one> hundred [[and] (<one> | <two>)];
<room> = room <number>;
"""
"""Where the building's own numbers are not known."""
OWN_ROOM = "<room> = [room | office] ({rooms});"
NO_NAME = "<name> = the (server room | lobby | kitchen | archive | control room | switchboard room | corridor);"
OWN_NAME = NO_NAME[:-1] + " | [the] ({names});"
