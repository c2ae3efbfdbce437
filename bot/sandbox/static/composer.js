// The lower end of a phone: text and pictures to send, the account's menu, and what the "+" offers.

import { ask, h, icon, toast } from "./dom.js";
import { get, post, upload } from "./http.js";

const SCANS = new Set(["scancode_push", "scancode_waitmsg"]);
const PICTURES = new Set(["pic_sysphoto", "pic_photo_or_album", "pic_weixin"]);

export async function scanned() {
  const { codes } = await get("/sandbox/codes");
  const hint = codes.length ? "可从列表里选一个还有效的二维码。" : "现在没有公众号发出的二维码。";
  const options = codes.map((code) => code.scene);
  return ask({ title: "扫一扫", hint, placeholder: "二维码的内容、网址或场景值", options });
}

export class Composer {
  constructor(phone) {
    this.phone = phone;
    this.input = h("textarea", {
      rows: 1, "aria-label": `${phone.owner}的输入框`, enterkeyhint: "send", autocomplete: "off", spellcheck: "false",
      oninput: () => this.fit(), onkeydown: (event) => this.key(event), onpaste: (event) => this.paste(event),
    });
    this.file = h("input", { type: "file", accept: "image/jpeg,image/png,image/gif", hidden: true,
      onchange: () => { this.pictures(this.file.files); this.file.value = ""; } });
    this.send = h("button", { type: "button", class: "send", onclick: () => this.say(), hidden: true }, "发送");
    this.plus = h("button", { type: "button", class: "round", "aria-label": "更多", "aria-expanded": "false",
      onclick: () => this.unfold(this.panel.hidden) }, icon("plus"));
    const voice = h("button", { type: "button", class: "round", "aria-label": "语音",
      onclick: () => this.speak() }, icon("voice"));
    this.panel = h("div", { class: "panel", hidden: true },
      this.tile("picture", "照片", () => this.file.click()),
      this.tile("microphone", "语音", () => this.speak()),
      this.tile("scan", "扫一扫", () => this.scan()));
    this.menu = h("div", { class: "menubar", hidden: true });
    this.element = h("footer", { class: "composer" },
      h("div", { class: "line" }, voice, this.input, this.send, this.plus, this.file), this.panel, this.menu);
    this.element.addEventListener("focusout", (event) => {
      if (!this.menu.contains(event.relatedTarget)) this.closeMenus();
    });
  }

  tile(name, label, act) {
    const face = h("span", { class: "face" }, icon(name));
    return h("button", { type: "button", class: "tile", onclick: () => { this.unfold(false); act(); } }, face, label);
  }

  unfold(open) {
    this.panel.hidden = !open;
    this.plus.setAttribute("aria-expanded", String(open));
    this.phone.toEnd();
  }

  fit() {
    this.input.style.height = "auto";
    this.input.style.height = `${Math.min(this.input.scrollHeight, 108)}px`;
    const empty = !this.input.value.trim();
    this.send.hidden = empty;
    this.plus.hidden = !empty;
  }

  fill(text) {
    this.input.value = text;
    this.fit();
    this.input.focus();
  }

  key(event) {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing && event.keyCode !== 229) {
      event.preventDefault();
      this.say();
    }
    if (event.key === "Escape") this.unfold(false);
  }

  paste(event) {
    if (event.clipboardData.files.length) {
      event.preventDefault();
      this.pictures(event.clipboardData.files);
    }
  }

  async say() {
    const text = this.input.value;
    if (!text.trim()) return;
    this.fill("");
    if (!await this.phone.act(post("/sandbox/say", { openid: this.phone.openid, text })) && !this.input.value) {
      this.fill(text);
    }
  }

  pictures(files) {
    for (const file of files) this.phone.act(upload(this.phone.openid, file));
  }

  async speak() {
    const text = await ask({ title: "语音", hint: "写下微信识别出的文字；不写，就是没有识别出来。" });
    if (text !== null) this.phone.act(post("/sandbox/voice", { openid: this.phone.openid, text }));
  }

  async scan() {
    const code = await scanned().catch((error) => { toast(error.message); return null; });
    if (code) this.phone.act(post("/sandbox/scan", { openid: this.phone.openid, code }));
  }

  showMenu(buttons) {
    this.menu.hidden = buttons.length === 0;
    this.menu.replaceChildren(...buttons.map((button, place) => this.entry(button, place)));
  }

  entry(button, place) {
    const subs = button.sub_button || [];
    if (!subs.length) {
      const press = () => this.press(button, [place]);
      return h("div", { class: "entry" }, h("button", { type: "button", onclick: press }, button.name));
    }
    const list = h("div", { class: "subs", role: "menu", hidden: true }, subs.map((sub, index) =>
      h("button", { type: "button", role: "menuitem", onclick: () => this.press(sub, [place, index]) }, sub.name)));
    const opener = h("button", { type: "button", "aria-haspopup": "menu", "aria-expanded": "false" },
      icon("list"), button.name);
    opener.addEventListener("click", () => {
      const open = list.hidden;
      this.closeMenus();
      list.hidden = !open;
      opener.setAttribute("aria-expanded", String(open));
    });
    const entry = h("div", { class: "entry" }, opener, list);
    entry.addEventListener("keydown", (event) => this.walk(event, opener, list));
    return entry;
  }

  // Arrows move inside an open sub-menu, Escape closes it.
  walk(event, opener, list) {
    const steps = { ArrowDown: 1, ArrowUp: -1 };
    if (event.key === "Escape" && !list.hidden) {
      this.closeMenus();
      opener.focus();
    } else if (event.key in steps) {
      event.preventDefault();
      if (list.hidden) opener.click();
      const items = [...list.children];
      const at = items.indexOf(document.activeElement);
      const next = at < 0 ? (steps[event.key] > 0 ? 0 : items.length - 1) : at + steps[event.key];
      items[(next + items.length) % items.length].focus();
    }
  }

  closeMenus() {
    for (const list of this.menu.querySelectorAll(".subs")) list.hidden = true;
    for (const opener of this.menu.querySelectorAll("[aria-expanded]")) opener.setAttribute("aria-expanded", "false");
  }

  async press(button, path) {
    this.closeMenus();
    if (PICTURES.has(button.type)) {
      this.file.click();
      return;
    }
    let code = "";
    if (SCANS.has(button.type)) code = await scanned().catch(() => null);
    if (code === null || (SCANS.has(button.type) && !code)) return;
    this.phone.act(post("/sandbox/menu", { openid: this.phone.openid, path, scanned: code }));
  }
}
