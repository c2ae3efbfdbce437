// The tools panel: failures on order, switches of the platform, and the last calls.

import { dialog, find, h, toast } from "./dom.js";
import { get, post } from "./http.js";
import { read } from "./time.js";

const NAMES = {
  errcode: "返回错误码", hang: "收下，迟迟不答", drop: "收下，随即断开", lost: "没收下就断开",
  bad_gateway: "HTTP 502", html: "返回一个网页",
};
const SHOWN = 60;

const entryRow = (entry) => h("tr", { class: entry.fine ? "" : "bad" },
  h("td", {}, read(new Date(entry.at)).clock), h("td", {}, entry.what), h("td", {}, entry.result),
  h("td", {}, `${entry.milliseconds} 毫秒`));

export function noted(entry) {
  const rows = find("#journal");
  rows.prepend(entryRow(entry));
  while (rows.children.length > SHOWN) rows.lastElementChild.remove();
}

function faultLine(fault) {
  const detail = fault.how === "errcode" ? ` ${fault.errcode}` : fault.how === "hang" ? ` ${fault.seconds} 秒` : "";
  const times = fault.times < 0 ? "一直" : `还有 ${fault.times} 次`;
  const mend = () => attempt(post("/sandbox/mend", { number: fault.number }).then(refresh));
  const path = fault.path === "*" ? "全部接口" : fault.path;
  return h("li", {}, h("span", {}, `${path}：${NAMES[fault.how]}${detail}，${times}`),
    h("button", { type: "button", onclick: mend }, "取消"));
}

const attempt = (promise) => promise.catch((error) => toast(error.message));

async function refresh() {
  const state = await get("/sandbox/tools");
  const select = find("#fault select[name=path]");
  if (!select.children.length) {
    const paths = ["*", ...state.paths];
    select.append(...paths.map((path) => h("option", { value: path }, path === "*" ? "全部接口" : path)));
  }
  find("#faults").replaceChildren(...state.faults.map(faultLine));
  find("#refuses").checked = state.refuses_ip;
  find("#journal").replaceChildren(...state.journal.slice(0, SHOWN).map(entryRow));
}

export function start() {
  const box = dialog("#tools-dialog");
  const form = find("#fault");
  const suit = () => {
    find("[name=errcode]", form).parentElement.hidden = form.how.value !== "errcode";
    find("[name=seconds]", form).parentElement.hidden = form.how.value !== "hang";
  };
  form.how.addEventListener("change", suit);
  suit();
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const { path, how, errcode, seconds, times } = form.elements;
    const numbers = { errcode: Number(errcode.value), seconds: Number(seconds.value), times: Number(times.value) };
    attempt(post("/sandbox/faults", { path: path.value, how: how.value, ...numbers }).then(refresh));
  });
  find("#refuses").addEventListener("change", (event) =>
    attempt(post("/sandbox/whitelist", { refuses: event.target.checked })));
  find("#revoke").addEventListener("click", () => attempt(post("/sandbox/tokens").then(() => toast("已全部作废"))));
  find("#verify").addEventListener("click", () => attempt(post("/sandbox/verify").then(({ verified }) =>
    toast(verified ? "服务器地址验证通过" : "服务器地址没有通过验证"))));
  find("#tools").addEventListener("click", () => {
    box.showModal();
    attempt(refresh());
  });
}
