// The clock in the bar: it ticks between the server's words, and shows a journey while there is one.

import { dialog, find, toast } from "./dom.js";
import { post } from "./http.js";
import { inputTime, longTime, read, shortTime } from "./time.js";

let told = Date.now();
let heard = performance.now();
let journey = null;
const followers = [];

export const now = () => new Date(told + performance.now() - heard);
export const everyTick = (follower) => followers.push(follower);

export function hear(state) {
  told = Date.parse(state.now);
  heard = performance.now();
  const target = state.target && Date.parse(state.target);
  if (!target) journey = null;
  else if (!journey || journey.target !== target) journey = { target, start: told };
  show();
}

function show() {
  const moment = now();
  const line = find("#now");
  line.textContent = longTime(moment);
  line.dateTime = moment.toISOString();
  for (const button of find("#steps").children) button.disabled = journey !== null;
  find("#journey").hidden = journey === null;
  if (journey) showJourney();
  followers.forEach((follower) => follower(read(moment)));
}

function showJourney() {
  const { start, target } = journey;
  find("#journey progress").value = Math.min(1, (told - start) / Math.max(1, target - start));
  find("#journey span").textContent =
    `现在 ${shortTime(new Date(told))}，正在走到 ${shortTime(new Date(target))}，途中到期的事情依次发生`;
}

async function go(body) {
  try {
    hear(await post("/sandbox/clock", body));
  } catch (error) {
    toast(error.message);
  }
}

export function start() {
  const box = dialog("#moment-dialog");
  const input = find("input", box);
  find("#steps").addEventListener("click", (event) => {
    const { step } = event.target.dataset;
    if (step) go({ step });
  });
  find("#choose").addEventListener("click", () => {
    input.min = inputTime(now());
    input.value = inputTime(new Date(now().getTime() + 3600000));
    box.showModal();
  });
  find("form", box).addEventListener("submit", () => go({ target: input.value }));
  setInterval(show, 1000);
}
