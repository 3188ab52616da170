// What stands at the top right: language, theme, and who is signed in.

import { useGraphiQL, useGraphiQLActions } from "@graphiql/react";
import { useRef, useState } from "react";
import { signIn } from "./graph.js";

const NEXT = { null: "light", light: "dark", dark: null };
const SIGNS = { null: "◐", light: "☀", dark: "☾" };

export function Bar({ said, language, person, notice, onLanguage, onPerson }) {
  const { setTheme } = useGraphiQLActions();
  const theme = useGraphiQL((state) => state.theme);
  const dialog = useRef(null);
  return (
    <nav className="bar">
      <span className="who" role="status">{notice ?? person?.name ?? said.nobody}</span>
      {person ? (
        <button type="button" data-do="sign-out" onClick={() => onPerson(null)}>{said.signOut}</button>
      ) : (
        <button type="button" data-do="sign-in" onClick={() => dialog.current.showModal()}>{said.signIn}</button>
      )}
      <button type="button" data-do="theme" title={said.theme[theme]} aria-label={said.theme[theme]} onClick={() => setTheme(NEXT[theme])}>
        {SIGNS[theme]}
      </button>
      <button type="button" data-do="language" title={said.language} onClick={() => onLanguage(language === "ru" ? "en" : "ru")}>
        {language === "ru" ? "EN" : "RU"}
      </button>
      <dialog ref={dialog}>
        <SignIn said={said} language={language} done={(found) => { dialog.current.close(); if (found) onPerson(found); }} />
      </dialog>
    </nav>
  );
}

function SignIn({ said, language, done }) {
  const [trouble, setTrouble] = useState("");
  const submit = async (event) => {
    event.preventDefault();
    const form = event.currentTarget;
    const given = new FormData(form);
    try {
      const found = await signIn(given.get("login"), given.get("password"), language);
      form.reset();
      setTrouble("");
      done(found);
    } catch (fault) {
      setTrouble(fault instanceof TypeError ? said.unreachable : fault.message);
    }
  };
  return (
    <form onSubmit={submit}>
      <h2>{said.signIn}</h2>
      <label>{said.login}<input name="login" autoComplete="username" autoFocus required /></label>
      <label>{said.password}<input name="password" type="password" autoComplete="current-password" required /></label>
      <p role="alert">{trouble}</p>
      <button type="submit">{said.signIn}</button>
      <button type="button" onClick={() => done(null)}>{said.cancel}</button>
    </form>
  );
}
