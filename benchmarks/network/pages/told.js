// What a page tells the benchmark: one word, and values that belong to it.

export function tell(event, values = {}) {
  return fetch("/event", { method: "POST", body: JSON.stringify({ event, ...values }) });
}

// Whatever goes wrong ends the measurement with its reason instead of silence.
addEventListener("error", (wrong) => tell("failed", { why: wrong.message }));
addEventListener("unhandledrejection", (wrong) => tell("failed", { why: String(wrong.reason) }));
