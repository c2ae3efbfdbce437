// The page: loads the phones, then listens to what happens.

import * as clock from "./clock.js";
import { find, h, toast } from "./dom.js";
import { get } from "./http.js";
import * as people from "./people.js";
import { Phone } from "./phone.js";
import * as tools from "./tools.js";

class Page {
  constructor() {
    this.phones = new Map();
    this.active = null;
    this.account = "";
    this.menu = [];
  }

  async load() {
    const state = await get("/sandbox/phones");
    this.account = state.account;
    this.menu = state.menu;
    clock.hear(state.clock);
    for (const [openid] of this.phones) if (!state.phones.some((phone) => phone.openid === openid)) this.remove(openid);
    for (const phone of state.phones) this.put(phone);
    this.showMenu(state.menu);
    return state.cursor;
  }

  put(data) {
    const known = this.phones.get(data.openid);
    if (known) {
      known.merge(data);
      return known;
    }
    const phone = new Phone(data, this);
    this.phones.set(data.openid, phone);
    phone.tab = h("button", { type: "button", onclick: () => this.goTo(phone) },
      h("span", {}, phone.owner), h("i", { class: "badge", hidden: true }));
    find("#tabs").append(phone.tab);
    find("#phones").append(phone.element);
    phone.composer.showMenu(this.menu);
    phone.toEnd();
    if (!this.active) this.activate(phone);
    this.counted();
    return phone;
  }

  // What the roster knows of a phone's owner may have changed: a binding was just made.
  async refresh(phone) {
    const state = await get("/sandbox/phones").catch(() => ({ phones: [] }));
    const data = state.phones.find((each) => each.openid === phone.openid);
    if (data) phone.merge(data);
  }

  remove(openid) {
    const phone = this.phones.get(openid);
    if (!phone) return;
    phone.element.remove();
    phone.tab.remove();
    this.phones.delete(openid);
    if (this.active === phone) {
      this.active = null;
      const [next] = this.phones.values();
      if (next) this.activate(next);
    }
    this.counted();
  }

  showMenu(menu) {
    this.menu = menu;
    for (const phone of this.phones.values()) phone.composer.showMenu(menu);
  }

  activate(phone) {
    if (this.active !== phone) {
      this.active = phone;
      for (const each of this.phones.values()) {
        each.element.classList.toggle("active", each === phone);
        each.tab.classList.toggle("active", each === phone);
      }
    }
    if (phone.unread) phone.look();
  }

  goTo(phone) {
    this.activate(phone);
    phone.element.scrollIntoView({ inline: "center", block: "nearest" });
    phone.toEnd();
    phone.composer.input.focus({ preventScroll: true });
  }

  // Unread marks of the tabs and of the window's title.
  counted() {
    let sum = 0;
    document.body.classList.toggle("many", this.phones.size > 3);
    for (const phone of this.phones.values()) {
      sum += phone.unread;
      const mark = phone.tab && find(".badge", phone.tab);
      if (mark) {
        mark.hidden = phone.unread === 0;
        mark.textContent = phone.unread > 99 ? "99+" : String(phone.unread);
      }
    }
    document.title = `${sum ? `(${sum}) ` : ""}演示手机 · ${this.account}`;
  }

  listen(cursor) {
    const source = new EventSource(`/sandbox/events?after=${cursor}`);
    const on = (kind, act) => source.addEventListener(kind, (event) => act(JSON.parse(event.data)));
    on("bubble", (bubble) => this.phones.get(bubble.openid)?.add(bubble));
    on("user", (user) => (user.shown ? this.phones.get(user.openid)?.setState(user) : this.remove(user.openid)));
    on("phone", (phone) => this.put(phone));
    on("menu", (menu) => this.showMenu(menu));
    on("clock", (state) => clock.hear(state));
    on("journal", (entry) => tools.noted(entry));
    on("reload", () => this.load().catch((error) => toast(error.message)));
    source.addEventListener("open", () => document.body.classList.remove("offline"));
    source.addEventListener("error", () => document.body.classList.add("offline"));
  }
}

const page = new Page();
people.start((data) => page.goTo(page.put(data)));
tools.start();
clock.start();
document.addEventListener("keydown", (event) => {
  const digit = event.altKey && event.code.startsWith("Digit") && Number(event.code.slice(5));
  const phone = digit && [...page.phones.values()][digit - 1];
  if (phone) {
    event.preventDefault();
    page.goTo(phone);
  }
});
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible" && page.active?.unread) page.active.look();
});
page.load().then((cursor) => page.listen(cursor)).catch((error) => toast(error.message));
