"""What the page says where the playground is not built, in English and Russian."""

from __future__ import annotations

from db.models import Language

TITLE = {Language.EN: "Markoff: the graph", Language.RU: "Markoff: граф"}
ABSENT = {
    Language.EN: (
        "<h1>The graph is here; its playground is not built</h1>"
        "<p>Programs ask by <code>POST</code> at this very address: see <code>docs/guide.md</code>.</p>"
        "<p>The page where people ask is built once. It needs Node.js 20 or newer, or "
        "<code>pip install 'markoff[playground]'</code>, and for a minute a way to the npm registry:</p>"
        "<pre>markoff playground build</pre>"
        "<p>After that nothing but this server is asked for anything. If the house was started just now, "
        "it may still be at it: try again in a minute.</p>"
    ),
    Language.RU: (
        "<h1>Граф здесь, а его страница ещё не собрана</h1>"
        "<p>Программы спрашивают по этому же адресу методом <code>POST</code>: см. <code>docs/guide.md</code>.</p>"
        "<p>Страница для людей собирается один раз. Нужен Node.js 20 или новее или "
        "<code>pip install 'markoff[playground]'</code> и на минуту доступ к реестру npm:</p>"
        "<pre>markoff playground build</pre>"
        "<p>Потом она не обращается ни к кому, кроме этого сервера. Если дом только что запущен, "
        "сборка может ещё идти: попробуйте через минуту.</p>"
    ),
}
