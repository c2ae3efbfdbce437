// Requests to the stand-in. A refusal comes back as an Error with the sentence to show.

async function read(response) {
  const body = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(body.error || `没有成功（HTTP ${response.status}）`);
  return body;
}

const unreachable = () => { throw new Error("演示程序没有回应"); };

export const get = (path) => fetch(path, { cache: "no-store" }).catch(unreachable).then(read);

export const post = (path, body = {}) =>
  fetch(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) })
    .catch(unreachable).then(read);

export function upload(openid, file) {
  const form = new FormData();
  form.append("openid", openid);
  form.append("file", file);
  return fetch("/sandbox/picture", { method: "POST", body: form }).catch(unreachable).then(read);
}
