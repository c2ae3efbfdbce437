// One phone: the chat of one person with the account.

import { row } from "./bubbles.js";
import { everyTick, now } from "./clock.js";
import { Composer } from "./composer.js";
import { find, h, icon, toast } from "./dom.js";
import { get, post } from "./http.js";
import { chatTime, read } from "./time.js";

const GAP = 5 * 60 * 1000; // a longer silence is followed by a time
const PAGE = 60;

export class Phone {
  constructor(data, page) {
    this.page = page;
    this.openid = data.openid;
    this.owner = data.name;
    this.bubbles = new Map();
    this.unread = 0;
    this.earlier = data.chat.length >= PAGE;
    this.build();
    this.merge(data);
    this.tick(read(now()));
    everyTick((moment) => this.tick(moment));
  }

  build() {
    this.badge = h("span", { class: "badge", hidden: true });
    this.title = h("span", {}, this.page.account);
    this.statusClock = h("span", { class: "status-clock" });
    this.about = h("span", { class: "about" });
    this.log = h("div", { class: "log", role: "log", "aria-label": `${this.owner}的聊天`, tabindex: "0" });
    this.fresh = h("button", { type: "button", class: "fresh", hidden: true, onclick: () => this.toEnd(true) });
    this.hint = h("button", { type: "button", class: "binding", hidden: true });
    this.composer = new Composer(this);
    this.join = h("button", { type: "button", class: "join", hidden: true,
      onclick: () => this.act(post("/sandbox/follow", { openid: this.openid })) }, "关注公众号");
    this.sheet = h("div", { class: "veil", hidden: true });
    const options = h("button", { type: "button", "aria-label": "聊天设置", onclick: () => this.openSheet() }, icon("dots"));
    const screen = h("div", { class: "screen" },
      h("div", { class: "status", "aria-hidden": "true" }, this.statusClock, icon("signal")),
      h("header", { class: "top" }, h("span", { class: "leave-chat" }, icon("back")), h("h2", {}, this.title), options),
      this.log, this.fresh, this.hint, this.composer.element, this.join, this.sheet);
    const caption = h("p", { class: "caption" }, h("strong", {}, this.owner), this.badge, this.about);
    this.element = h("section", { class: "phone", "aria-label": `${this.owner}的手机` }, caption, screen);
    this.element.addEventListener("focusin", () => this.page.activate(this));
    this.element.addEventListener("pointerdown", () => this.page.activate(this));
    this.element.addEventListener("keydown", (event) => { if (event.key === "Escape") this.sheet.hidden = true; });
    this.log.addEventListener("scroll", () => this.scrolled());
    this.log.addEventListener("load", () => { if (this.pinned) this.toEnd(); }, true); // a picture has got its height
    new ResizeObserver(() => { if (this.pinned) this.toEnd(); }).observe(this.log);
  }

  // The time on the phone; on another day the chat's times are worded anew.
  tick(moment) {
    this.statusClock.textContent = moment.clock;
    if (moment.days === this.today) return;
    this.today = moment.days;
    for (const line of this.log.querySelectorAll(".when")) line.textContent = chatTime(new Date(line.dateTime), now());
  }

  // Everything the server knows of this phone, at the first load and after a lost connection.
  merge(data) {
    const place = [data.role, data.branch, data.group].filter(Boolean).join(" · ");
    this.about.textContent = place || "不在名册";
    for (const bubble of data.chat) this.bubbles.set(bubble.id, bubble);
    this.redraw();
    this.setState(data);
    this.unbound = Boolean(data.binding_code);
    this.hint.hidden = !this.unbound;
    if (data.binding_code) {
      this.hint.textContent = `还没有绑定，绑定码 ${data.binding_code}`;
      this.hint.onclick = () => this.composer.fill(`绑定 ${this.owner} ${data.binding_code}`);
    }
    this.toEnd();
  }

  setState(state) {
    this.follows = state.follows;
    this.receiving = state.receiving;
    this.composer.element.hidden = !state.follows;
    this.join.hidden = state.follows;
    this.element.classList.toggle("muted", !state.receiving);
    this.setUnread(state.unread);
  }

  setUnread(count) {
    this.unread = count;
    this.badge.hidden = count === 0;
    this.badge.textContent = count > 99 ? "99+" : String(count);
    this.badge.setAttribute("aria-label", `${count}条未读`);
    this.page.counted();
  }

  add(bubble) {
    if (this.bubbles.has(bubble.id)) return;
    const below = this.pinned;
    const last = [...this.bubbles.values()].at(-1);
    this.bubbles.set(bubble.id, bubble);
    if (!last || last.id > bubble.id) this.redraw();
    else this.log.append(...this.draw(bubble, last));
    if (below || bubble.mine) this.toEnd();
    else this.fresh.hidden = false;
    if (!bubble.mine && bubble.kind !== "notice") this.arrived(bubble, below);
  }

  arrived(bubble, below) {
    this.fresh.textContent = "有新消息 ↓";
    if (this.unbound) this.page.refresh(this);
    if (this.page.active === this && below && document.visibilityState === "visible") this.look();
    else this.setUnread(this.unread + 1);
  }

  // The newest bubble has been looked at.
  look() {
    const newest = Math.max(0, ...this.bubbles.keys());
    this.setUnread(0);
    if (newest) post("/sandbox/read", { openid: this.openid, bubble: newest }).catch(() => {});
  }

  redraw() {
    let last;
    const sorted = [...this.bubbles.values()].sort((one, other) => one.id - other.id);
    this.bubbles = new Map(sorted.map((bubble) => [bubble.id, bubble]));
    const drawn = sorted.flatMap((bubble) => {
      const elements = this.draw(bubble, last);
      last = bubble;
      return elements;
    });
    const empty = h("p", { class: "notice" }, "还没有消息，发一句“帮助”试试");
    this.log.replaceChildren(...(drawn.length ? drawn : [empty]));
  }

  draw(bubble, last) {
    const at = Date.parse(bubble.at);
    const element = row(bubble, this.owner, (index) =>
      this.act(post("/sandbox/tap", { openid: this.openid, bubble: bubble.id, index })));
    const quiet = last && Math.abs(at - Date.parse(last.at)) < GAP;
    return quiet ? [element] : [h("time", { class: "when", datetime: bubble.at }, chatTime(new Date(at), now())), element];
  }

  atEnd() {
    return this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < 60;
  }

  toEnd(look = false) {
    this.pinned = true;
    this.log.scrollTop = this.log.scrollHeight;
    this.fresh.hidden = true;
    if (look) this.look();
  }

  async scrolled() {
    // Growing pictures scroll too: only going up lets go of the end.
    if (this.atEnd()) this.pinned = true;
    else if (this.log.scrollTop < this.top) this.pinned = false;
    this.top = this.log.scrollTop;
    if (this.pinned) this.fresh.hidden = true;
    if (this.log.scrollTop > 40 || !this.earlier || this.loading) return;
    this.loading = true;
    const first = Math.min(...this.bubbles.keys());
    const { bubbles } = await get(`/sandbox/chat/${this.openid}?before=${first}`).catch(() => ({ bubbles: [] }));
    this.earlier = bubbles.length >= PAGE;
    const height = this.log.scrollHeight;
    for (const bubble of bubbles) this.bubbles.set(bubble.id, bubble);
    this.redraw();
    this.log.scrollTop += this.log.scrollHeight - height;
    this.loading = false;
  }

  // Do something and wait for what it led to; true when it worked.
  async act(request) {
    const slow = setTimeout(() => { this.title.textContent = "对方正在输入…"; }, 400);
    try {
      const done = await request;
      if (done.url) this.offer(done.url);
      return true;
    } catch (error) {
      toast(error.message);
      return false;
    } finally {
      clearTimeout(slow);
      this.title.textContent = this.page.account;
    }
  }

  // A page the phone opens; a browser may hold the window back, then it is offered as a link.
  offer(url) {
    document.cookie = `phone=${this.openid}; path=/; SameSite=Lax`;
    const opened = window.open(url, "_blank");
    if (opened) opened.opener = null;
    else toast(`浏览器拦住了新页面：${url}`);
  }

  openSheet() {
    const button = (label, act, kind = "") => h("button", { type: "button", class: kind,
      onclick: () => { this.sheet.hidden = true; act(); } }, label);
    const send = (path, body = {}) => () => this.act(post(path, { openid: this.openid, ...body }));
    const belonging = this.follows
      ? [button("扫一扫", () => this.composer.scan()),
        button(this.receiving ? "关闭接收消息" : "开启接收消息", send("/sandbox/receiving", { on: !this.receiving })),
        button("取消关注", send("/sandbox/unfollow"), "warn")]
      : [button("扫一扫", () => this.composer.scan()), button("关注公众号", send("/sandbox/follow"))];
    const close = button("收起这部手机", send("/sandbox/close"));
    const group = h("div", { class: "group" }, belonging, close, button("取消", () => {}, "leave"));
    this.sheet.replaceChildren(group);
    this.sheet.onclick = (event) => { if (event.target === this.sheet) this.sheet.hidden = true; };
    this.sheet.hidden = false;
    find("button", group).focus();
  }
}
