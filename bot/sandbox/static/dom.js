// Elements from data. Text is always set as text; nothing of a message is ever read as markup.

export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== ""));
  return element;
}

export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `/static/icons.svg#${name}`);
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("class", `icon i-${name}`);
  svg.append(use);
  return svg;
}

export const find = (selector, root = document) => root.querySelector(selector);

let fading;
export function toast(text) {
  const line = find("#toast");
  line.textContent = text;
  line.hidden = false;
  clearTimeout(fading);
  fading = setTimeout(() => { line.hidden = true; }, 3500);
}

// A <dialog> that closes by its buttons, by Escape and by a click beside it.
export function dialog(id) {
  const element = find(id);
  element.addEventListener("click", (event) => {
    if (event.target === element || event.target.closest("[data-close]")) element.close("cancel");
  });
  return element;
}

// Ask for one line; resolves with it, or with null when left.
export function ask({ title, hint = "", value = "", placeholder = "", options = [] }) {
  const box = find("#ask-dialog");
  const input = find("input", box);
  find("h2", box).textContent = title;
  find(".hint", box).textContent = hint;
  find("#codes").replaceChildren(...options.map((option) => h("option", { value: option })));
  input.value = value;
  input.placeholder = placeholder;
  box.returnValue = "cancel";
  box.showModal();
  return new Promise((resolve) => {
    const submitted = () => { box.returnValue = "ok"; };
    box.querySelector("form").addEventListener("submit", submitted, { once: true });
    box.addEventListener("close", () => {
      box.querySelector("form").removeEventListener("submit", submitted);
      resolve(box.returnValue === "cancel" ? null : input.value);
    }, { once: true });
  });
}
