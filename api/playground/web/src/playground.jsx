// GraphiQL over our graph: sign-in, examples, the explorer, two languages.

import { explorerPlugin } from "@graphiql/plugin-explorer";
import { GraphiQL, HISTORY_PLUGIN } from "graphiql";
import { useEffect, useMemo, useState } from "react";
import { Bar } from "./bar.jsx";
import { EXAMPLES, Language } from "./examples.jsx";
import { fetcherOf } from "./graph.js";
import { remember, remembered, words } from "./words.js";

const PERSON = "markoff:person";
const PLUGINS = [EXAMPLES, explorerPlugin({ showAttribution: false }), HISTORY_PLUGIN];

/** Who signed in within this tab of the browser: a token is not kept for longer. */
function known() {
  return JSON.parse(sessionStorage.getItem(PERSON) ?? "null");
}

export function Playground() {
  const [language, setLanguage] = useState(remembered);
  const [person, setPerson] = useState(known);
  const [notice, setNotice] = useState(null);
  const said = words(language);

  useEffect(() => remember(language), [language]);
  const take = (found, why = null) => {
    sessionStorage.setItem(PERSON, JSON.stringify(found));
    setPerson(found);
    setNotice(why);
  };
  const fetcher = useMemo(
    () => fetcherOf(person?.token, language, () => take(null, words(language).ended)),
    [person?.token, language],
  );
  return (
    <Language value={language}>
      <GraphiQL fetcher={fetcher} plugins={PLUGINS} defaultQuery={said.welcome} schemaDescription>
        <GraphiQL.Logo>
          <Bar said={said} language={language} person={person} notice={notice} onLanguage={setLanguage} onPerson={take} />
        </GraphiQL.Logo>
      </GraphiQL>
    </Language>
  );
}
