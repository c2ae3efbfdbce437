// "Add a phone": the members of the roster, found by name, number, role or branch.

import { dialog, find, h, toast } from "./dom.js";
import { get, post } from "./http.js";

let searches = 0;

export function start(opened) {
  const box = dialog("#people-dialog");
  const input = find("input", box);
  const open = async (body) => {
    box.close();
    try {
      opened(await post("/sandbox/phones", body));
    } catch (error) {
      toast(error.message);
    }
  };
  const search = async () => {
    const mine = ++searches;
    const { people } = await get(`/sandbox/people?q=${encodeURIComponent(input.value)}`);
    if (mine === searches) find("#people").replaceChildren(...people.map((person) => line(person, open)));
  };
  input.addEventListener("input", () => search().catch((error) => toast(error.message)));
  find("#passer-by").addEventListener("click", () => open({}));
  find("#add").addEventListener("click", () => {
    input.value = "";
    find("#people").replaceChildren();
    box.showModal();
    search().catch((error) => toast(error.message));
  });
}

function line(person, open) {
  const state = person.shown ? "已在页面上" : person.bound ? "已绑定" : "未绑定";
  const place = [person.role, person.branch, person.group].filter(Boolean).join(" · ");
  const known = { type: "button", class: "person", onclick: () => open({ staff_no: person.staff_no }) };
  const other = { type: "button", class: "other", onclick: () => open({ staff_no: person.staff_no, fresh: true }) };
  return h("li", {},
    h("button", known, h("strong", {}, person.name), h("span", {}, place), h("em", {}, state)),
    person.bound ? h("button", { ...other, "aria-label": `${person.name}换一部新手机` }, "换新手机") : null);
}
