// The live ingestion: listens to server-sent events and draws what they say.
"use strict";
const live = document.getElementById("live");
const seen = [];
const show = (id, number) => { document.getElementById(id).textContent = Math.round(number).toLocaleString("en"); };
function line(of) {
  const end = seen.at(-1).seconds || 1;
  const top = Math.max(1, ...seen.map(of)) * 1.1;
  return "M" + seen.map((one) => `${(one.seconds / end * 800).toFixed(1)} ${(238 - of(one) / top * 230).toFixed(1)}`).join("L");
}
function draw() {
  const now = seen.at(-1);
  for (const name of ["written", "total", "rate", "units"]) show(name, now[name]);
  const bar = live.querySelector("progress");
  bar.max = now.total || 1;
  bar.value = now.written;
  live.querySelector("path.rate").setAttribute("d", line((one) => one.rate));
  live.querySelector("path.units").setAttribute("d", line((one) => one.units));
}
if (live.dataset.state !== "idle") {
  const events = new EventSource("/office/ingestion/events");
  events.addEventListener("message", (event) => { seen.push(JSON.parse(event.data)); draw(); });
  events.addEventListener("end", (event) => {
    events.close();
    if (live.dataset.state === "running") location.reload();
    else document.getElementById("state").dataset.ended = event.data;
  });
}
