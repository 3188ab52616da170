// The examples as a pane of GraphiQL.

import { useGraphiQL, useGraphiQLActions } from "@graphiql/react";
import examples from "examples";
import { createContext, useContext } from "react";
import { words } from "./words.js";

export const Language = createContext("en");

function Icon() {
  return (
    <svg viewBox="0 0 24 24" height="1em" fill="none" stroke="currentColor" strokeWidth="1.5">
      <path d="M6 3.5h9.5L19 7v13.5H6zM9 10h7M9 13.5h7M9 17h4" strokeLinecap="round" strokeLinejoin="round" />
    </svg>
  );
}

function Pane() {
  const language = useContext(Language);
  const said = words(language);
  const { addTab } = useGraphiQLActions();
  const queries = useGraphiQL((state) => state.queryEditor);
  const variables = useGraphiQL((state) => state.variableEditor);

  const open = (example) => {
    addTab();
    queries?.setValue(`# ${example[language]}\n${example.query}\n`);
    variables?.setValue(example.variables);
  };
  return (
    <section className="examples">
      <div className="graphiql-doc-explorer-title">{said.examples}</div>
      <p>{said.hint}</p>
      <ul>
        {examples.map((example) => (
          <li key={example.name}>
            <button type="button" data-example={example.name} onClick={() => open(example)}>
              {example[language]}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

export const EXAMPLES = { title: "Примеры · Examples", icon: Icon, content: Pane };
