// The editor makes style sheets as it goes: each gets the page's nonce, without which the browser refuses it.

const { nonce } = document.querySelector("script[nonce]");
const create = document.createElement.bind(document);

document.createElement = (name, options) => {
  const element = create(name, options);
  if (String(name).toLowerCase() === "style") element.nonce = nonce;
  return element;
};
