// The page: workers, styles, and the playground in the place the server left for it.

import "./nonce.js";
import "./workers.js";
import "graphiql/style.css";
import "@graphiql/plugin-explorer/style.css";
import "./style.css";
import { createRoot } from "react-dom/client";
import { Playground } from "./playground.jsx";

createRoot(document.getElementById("playground")).render(<Playground />);
