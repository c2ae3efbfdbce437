// One bubble of a chat as elements. The server has found the links already; here everything is set as text.

import { h, icon } from "./dom.js";

const PALETTE = ["#6b8fb5", "#8aa67a", "#c08b5c", "#9a86b8", "#5fa3a0", "#b87f8b", "#7d8aa0", "#a89a5e"];

export function avatar(name, account = false) {
  if (account) return h("span", { class: "avatar account", "aria-hidden": "true" }, "先");
  const sum = [...name].reduce((total, letter) => total + letter.codePointAt(0), 0);
  const face = h("span", { class: "avatar", "aria-hidden": "true" }, [...name].at(-1) || "");
  face.style.background = PALETTE[sum % PALETTE.length];
  return face;
}

// Which phone's browser a page is opened in: web authorisation asks for it.
function opened(openid) {
  document.cookie = `phone=${openid}; path=/; SameSite=Lax`;
}

export function outside(url, openid, attributes, ...children) {
  const on = () => opened(openid);
  const known = { href: url, target: "_blank", rel: "noopener noreferrer", onclick: on, onauxclick: on };
  return h("a", { ...known, ...attributes }, ...children);
}

// The two signs of the bot's answers are drawn: not every machine has a font with them. They stay text underneath.
function signs(words) {
  return words.split(/([✅❌])/u).map((piece) =>
    (piece === "✅" || piece === "❌" ? h("span", { class: piece === "✅" ? "sign yes" : "sign no" }, piece) : piece));
}

function text(bubble, tap) {
  let index = 0;
  const pieces = bubble.parts.flatMap((part) => {
    if (part.url) return outside(part.url, bubble.openid, { class: "link" }, part.text);
    if (part.send === undefined) return signs(part.text);
    const place = index++;
    return h("button", { type: "button", class: "link", title: part.send, onclick: () => tap(place) }, part.text);
  });
  return h("div", { class: "bubble text" }, pieces);
}

function menu(bubble, tap) {
  const items = bubble.items.map((item, place) =>
    h("button", { type: "button", class: "link", onclick: () => tap(place) }, item.content));
  return h("div", { class: "bubble text menu" },
    bubble.head ? h("p", {}, bubble.head) : null, items, bubble.tail ? h("p", { class: "tail" }, bubble.tail) : null);
}

function image(bubble) {
  const picture = h("img", { src: bubble.picture, alt: "图片" });
  return h("a", { class: "picture", href: bubble.picture, target: "_blank", rel: "noopener noreferrer" }, picture);
}

function voice(bubble) {
  const seconds = Math.max(1, Math.min(60, Math.round([...bubble.text].length / 4)));
  const sound = h("div", { class: "bubble voice" }, h("span", {}, `${seconds}″`), icon("wave"));
  sound.style.setProperty("--seconds", seconds);
  return h("div", { class: "spoken" }, sound, bubble.text ? h("p", { class: "words" }, bubble.text) : null);
}

function more(bubble, label) {
  return outside(bubble.url, bubble.openid, { class: "more" }, h("span", {}, label), icon("more"));
}

function template(bubble) {
  const rows = bubble.rows.flatMap((row) => [h("dt", {}, row.label), h("dd", {}, row.value)]);
  return h("div", { class: "sheet template" },
    h("h3", {}, bubble.title), h("dl", {}, rows), bubble.url ? more(bubble, "查看详情") : null);
}

function card(bubble) {
  return h("div", { class: "sheet" }, h("h3", {}, bubble.title),
    bubble.description ? h("p", {}, bubble.description) : null, bubble.url ? more(bubble, "打开") : null);
}

function news(bubble) {
  return h("div", { class: "sheet news" }, bubble.articles.map((article) => {
    const inside = [
      article.picurl ? h("img", { src: article.picurl, alt: "" }) : null,
      h("h3", {}, article.title),
      article.description ? h("p", {}, article.description) : null,
    ];
    return article.url ? outside(article.url, bubble.openid, { class: "article" }, inside) : h("div", {}, inside);
  }));
}

const KINDS = { text, menu, image, voice, template, card, news };

export function row(bubble, owner, tap) {
  if (bubble.kind === "notice") return h("p", { class: "notice" }, bubble.text);
  const body = KINDS[bubble.kind](bubble, tap);
  if (body.classList.contains("sheet")) return h("article", { class: "row broad" }, body);
  const face = bubble.mine ? avatar(owner) : avatar("", true);
  return h("article", { class: bubble.mine ? "row mine" : "row" }, face, body);
}
