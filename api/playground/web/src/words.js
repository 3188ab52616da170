// What the page itself says; the rest of it is GraphiQL's, in English.

const WORDS = {
  ru: {
    signIn: "Войти",
    signOut: "Выйти",
    login: "Логин",
    password: "Пароль",
    cancel: "Отмена",
    nobody: "Никто не вошёл",
    ended: "Срок входа истёк: войдите снова",
    unreachable: "Сервер не отвечает",
    examples: "Примеры",
    hint: "Пример откроется в новой вкладке; запуск: Ctrl-Enter.",
    theme: { null: "Тема: как в системе", light: "Тема: светлая", dark: "Тема: тёмная" },
    language: "Language: English",
    welcome: "# Вопросы к дому. Готовые: «Примеры» слева. Запуск: Ctrl-Enter.\n\n{\n  me {\n    user {\n      name\n    }\n    roles\n  }\n  house {\n    now\n  }\n}\n",
  },
  en: {
    signIn: "Sign in",
    signOut: "Sign out",
    login: "Login",
    password: "Password",
    cancel: "Cancel",
    nobody: "Nobody is signed in",
    ended: "Your sign-in has ended: sign in again",
    unreachable: "The server does not answer",
    examples: "Examples",
    hint: "An example opens in a new tab; Ctrl-Enter runs it.",
    theme: { null: "Theme: as the system", light: "Theme: light", dark: "Theme: dark" },
    language: "Язык: русский",
    welcome: "# Questions to the house. Ready ones: Examples, on the left. Ctrl-Enter runs.\n\n{\n  me {\n    user {\n      name\n    }\n    roles\n  }\n  house {\n    now\n  }\n}\n",
  },
};

const KEY = "markoff:language";

export function remembered() {
  const said = localStorage.getItem(KEY) ?? document.documentElement.lang;
  return said === "ru" ? "ru" : "en";
}

export function remember(language) {
  localStorage.setItem(KEY, language);
  document.documentElement.lang = language;
}

export const words = (language) => WORDS[language];
