/* Passkeys: a button asks our side for a question, the device for the answer, and brings the
   answer back. Pages work without: there are passwords. */
(() => {
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const post = async (url, body) => {
    const answer = await fetch(url, { method: "POST", credentials: "same-origin", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
    const said = await answer.json().catch(() => ({}));
    if (said.lead && !answer.ok) { location.href = said.lead; return new Promise(() => {}); }
    if (!answer.ok) throw new Error(said.error || "Something went wrong here. Please load the page again.");
    return said;
  };
  const named = (list) => (list || []).map((c) => ({ ...c, id: bytes(c.id) }));
  const create = async (o) => {
    const made = await navigator.credentials.create({ publicKey: { ...o, challenge: bytes(o.challenge), user: { ...o.user, id: bytes(o.user.id) }, excludeCredentials: named(o.excludeCredentials) } });
    return { response: { attestationObject: text(made.response.attestationObject), clientDataJSON: text(made.response.clientDataJSON), transports: made.response.getTransports?.() || [] }, made };
  };
  const get = async (o) => {
    const made = await navigator.credentials.get({ publicKey: { ...o, challenge: bytes(o.challenge), allowCredentials: named(o.allowCredentials) } });
    const r = made.response;
    return { response: { authenticatorData: text(r.authenticatorData), clientDataJSON: text(r.clientDataJSON), signature: text(r.signature), userHandle: r.userHandle ? text(r.userHandle) : undefined }, made };
  };
  const why = (e) => {
    if (e.name === "NotAllowedError" || e.name === "AbortError") return "Nothing was chosen, or it took too long.";
    if (e.name === "InvalidStateError") return "This device has a passkey for your account already.";
    if (e.name === "SecurityError") return "The browser does not allow passkeys at this address.";
    return e.name === "Error" ? e.message : "The device could not do that.";
  };
  const run = async (button) => {
    const to = button.dataset.passkey;
    const { publicKey } = await post(to + "/ask", {}).then((q) => q.publicKey ? q : Promise.reject(new Error("There was no usable answer.")));
    const { response, made } = await (publicKey.rp ? create(publicKey) : get(publicKey));
    const answer = { id: made.id, rawId: text(made.rawId), type: made.type, authenticatorAttachment: made.authenticatorAttachment || undefined, clientExtensionResults: {}, response };
    const said = await post(to, { answer, next: button.dataset.next || "", name: document.getElementById(button.dataset.name)?.value || "" });
    if (said.lead) { location.href = said.lead; return; }
    const form = document.getElementById("prove"); // what waited goes on by itself
    form?.querySelector("input[type=password]")?.removeAttribute("required");
    form?.requestSubmit();
  };
  for (const box of document.querySelectorAll("[data-passkey-box]")) {
    const button = box.querySelector("[data-passkey]"), wrong = box.querySelector("[data-passkey-error]");
    const say = (words) => { wrong.textContent = words; wrong.hidden = !words; };
    if (!window.PublicKeyCredential) { box.hidden = true; continue; }
    if (box.dataset.origin !== location.origin) { button.disabled = true; say("Passkeys of this shop work at " + box.dataset.origin + "."); continue; }
    button.addEventListener("click", async () => {
      button.disabled = true; say("");
      try { await run(button); } catch (e) { say(why(e)); } finally { button.disabled = false; }
    });
  }
})();
