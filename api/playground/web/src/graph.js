// How questions reach the graph: by POST, and by WebSocket for those that follow.

import { createGraphiQLFetcher } from "@graphiql/toolkit";
import { Kind, parse } from "graphql";
import { createClient } from "graphql-ws";

export const ADDRESS = new URL(document.documentElement.dataset.graph, document.baseURI).href;

const SIGN_IN = `mutation ($login: String!, $password: String!) {
  signIn(login: $login, password: $password) {
    ... on SignedIn { token user { name } }
    ... on Refusal { message }
  }
}`;
const NOT_ANY_MORE = ["BAD_TOKEN", "TOKEN_EXPIRED"];
const NOT_LET_IN = 4403;

/** The token and name of a person, or an Error with the house's own sentence. */
export async function signIn(login, password, language) {
  const answer = await fetch(ADDRESS, {
    method: "POST",
    headers: { "content-type": "application/json", "accept-language": language },
    body: JSON.stringify({ query: SIGN_IN, variables: { login, password } }),
  });
  const { data, errors } = await answer.json();
  if (errors) throw new Error(errors[0].message);
  if (!data.signIn.token) throw new Error(data.signIn.message);
  return { token: data.signIn.token, name: data.signIn.user?.name ?? login };
}

/**
 * What is asked, and how, by the text as it stands now: GraphiQL looks some time after the last letter only what it holds,
 * and whoever is quicker would have a subscription posted, or the operation before asked by its name.
 */
function understood(asked, options) {
  let document;
  try {
    document = parse(asked.query);
  } catch {
    return [asked, options]; // the house says what is wrong with it
  }
  const names = document.definitions.flatMap((one) => (one.kind === Kind.OPERATION_DEFINITION ? [one.name?.value] : []));
  const operationName = names.length === 1 ? names[0] : asked.operationName;
  return [{ ...asked, operationName }, { ...options, documentAST: document }];
}

/** A fetcher for GraphiQL, which speaks for whoever holds the token; `ended` is called when that opens nothing any more. */
export function fetcherOf(token, language, ended) {
  const bearer = token ? { authorization: `Bearer ${token}` } : {};
  const speak = async (address, init) => {
    const answer = await fetch(address, {
      ...init,
      headers: { ...bearer, "accept-language": language, ...init.headers },
    });
    if (token && answer.status === 401) {
      const { errors } = await answer.clone().json();
      if (NOT_ANY_MORE.includes(errors?.[0]?.extensions?.code)) ended();
    }
    return answer;
  };
  return async (asked, options) => {
    const given = Object.entries(options?.headers ?? {}).find(([name]) => name.toLowerCase() === "authorization");
    const authorization = given?.[1] ?? bearer.authorization;
    const fetcher = createGraphiQLFetcher({
      url: ADDRESS,
      fetch: speak,
      enableIncrementalDelivery: false,
      wsClient: createClient({
        url: ADDRESS.replace(/^http/, "ws"),
        connectionParams: authorization ? { authorization } : {},
        lazy: true,
        shouldRetry: (fault) => fault instanceof CloseEvent && fault.code !== NOT_LET_IN,
      }),
    });
    return fetcher(...understood(asked, options));
  };
}
