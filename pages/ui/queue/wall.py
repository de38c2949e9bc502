"""The screen on the waiting room's wall, drawn by the browser from `/live/board`.

It asks by itself, on news and every few seconds, so it needs no session of Streamlit: after a restart of the server or
a night without a network it goes on where it was, and its sound stays on. A call rings once, and again when it is
called again; what was called before the display was started is not rung.
"""

import streamlit as st

from core.words import say
from pages.ui.news import LINE_JS
from pages.ui.queue.wall_look import CSS, HTML, WORDS

_ELEMENT = st.components.v2.component(
    "qure_wall",
    html=HTML,
    css=CSS,
    js=LINE_JS
    + """
const ASK_MS = 3000, STALE_MS = 12000, FRESH_MS = 25000, MOST_REMEMBERED = 500, LONG_ROOM = 14
const store = {
  get: (key, otherwise) => {
    try { return JSON.parse(sessionStorage.getItem(key)) ?? otherwise } catch { return otherwise }
  },
  set: (key, value) => { try { sessionStorage.setItem(key, JSON.stringify(value)) } catch {} },
}

function wallOfThisTab() {  // outlives the element: Streamlit may draw it anew at any time
  return window.__qureWall ||= {
    started: store.get("qure-wall-started", false), heard: store.get("qure-wall-heard", null),
    seenAt: 0, skew: 0, freshUntil: {}, ringing: Promise.resolve(), board: null, audio: null, asking: false,
  }
}

function wakeSound(wall) {
  wall.audio ||= new AudioContext()
  return wall.audio.resume()
}

function chime(wall) {
  const { audio } = wall
  if (!audio || audio.state !== "running") return Promise.resolve()
  for (const [pitch, after] of [[880, 0], [660, 0.35]]) {
    const tone = audio.createOscillator(), volume = audio.createGain(), at = audio.currentTime + after
    tone.frequency.value = pitch
    volume.gain.setValueAtTime(0.5, at)
    volume.gain.exponentialRampToValueAtTime(0.001, at + 0.9)
    tone.connect(volume).connect(audio.destination)
    tone.start(at)
    tone.stop(at + 1)
  }
  return new Promise((done) => setTimeout(done, 1300))
}

function speak(sentence, language) {
  if (!window.speechSynthesis?.getVoices().length) return Promise.resolve()
  return new Promise((done) => {
    const words = new SpeechSynthesisUtterance(sentence)
    words.lang = language
    words.onend = words.onerror = done
    setTimeout(done, 8000)  // a voice that hangs holds up nobody
    speechSynthesis.speak(words)
  })
}

function ring(wall, call) {  // one after the other, however many are called at once
  wall.rung = [...(wall.rung || []), call.call]
  wall.ringing = wall.ringing.then(() => chime(wall)).then(() => speak(call.said, wall.board.language))
}

function hear(wall, board) {
  const calls = board.calling.map((call) => call.call)
  if (wall.heard === null || !wall.started) wall.heard = calls
  for (const call of [...board.calling].reverse()) {
    if (wall.heard.includes(call.call)) continue
    wall.heard.push(call.call)
    wall.freshUntil[call.call] = Date.now() + FRESH_MS
    ring(wall, call)
  }
  wall.heard = wall.heard.slice(-MOST_REMEMBERED)
  store.set("qure-wall-heard", wall.heard)
}

async function ask(wall, draw) {
  if (wall.asking) { wall.again = true; return }
  wall.asking = true
  try {
    const answer = await fetch("/live/board", { cache: "no-store", signal: AbortSignal.timeout(8000) })
    if (answer.ok) {
      wall.board = await answer.json()
      wall.seenAt = Date.now()
      wall.skew = wall.board.now * 1000 - wall.seenAt
      hear(wall, wall.board)
    }
  } catch {}
  wall.asking = false
  draw()
  if (wall.again) { wall.again = false; ask(wall, draw) }
}

const element = (tag, className, text) => {
  const made = document.createElement(tag)
  made.className = className
  made.textContent = text
  return made
}

function drawCalls(root, wall) {
  const now = Date.now()
  root.replaceChildren(...wall.board.calling.map((call) => {
    const card = element("div", "call" + (wall.freshUntil[call.call] > now ? " fresh" : ""), "")
    const where = element("div", "where", "")
    const room = element("div", call.room.length > LONG_ROOM ? "room long" : "room", call.room)
    where.append(room, element("div", "doctor", call.doctor))
    card.append(element("div", "number", call.number), where)
    return card
  }))
  if (!wall.board.calling.length) root.append(element("p", "calm", wall.board.words["nobody-called"]))
}

function drawNext(root, board) {
  root.replaceChildren(...board.next.map((next) => {
    const row = element("div", "next", "")
    row.append(element("h2", "", next.number), element("span", "wait", next.wait))
    return row
  }))
  if (board.more) root.append(element("p", "more", board.more))
  if (!board.next.length) root.append(element("p", "calm", board.words["nobody-waits"]))
}

function write(root, words) {
  for (const [name, text] of Object.entries(words)) {
    const part = root.querySelector(`.${name}`)
    if (part && part.textContent !== text) part.textContent = text
  }
}

function draw(root, wall) {
  const part = (name) => root.querySelector(`.${name}`)
  if (wall.board) write(root, wall.board.words)
  const stale = Date.now() - wall.seenAt > STALE_MS
  part("stale").hidden = !stale || !wall.board
  part("wait-for-it").hidden = Boolean(wall.board)
  part("start").hidden = wall.started
  part("touch").hidden = !wall.started || wall.audio?.state === "running"
  if (!wall.board) return
  const time = { hour: "numeric", minute: "2-digit", timeZone: wall.board.zone }
  part("clinic").textContent = wall.board.clinic
  part("clock").textContent = new Intl.DateTimeFormat([], time).format(Date.now() + wall.skew)
  const drawn = JSON.stringify([wall.board.calling, wall.board.next, wall.board.more, Object.values(wall.freshUntil)
    .filter((until) => until > Date.now()).length])
  if (root.drawn === drawn) return
  root.drawn = drawn
  drawCalls(part("calls"), wall)
  drawNext(part("line"), wall.board)
}

function stayAwake(wall) {  // the browser lets go of the screen whenever the tab is hidden, and when it loads anew
  if (wall.awake) return
  wall.awake = true
  const ask = () => navigator.wakeLock?.request("screen").catch(() => {})
  document.addEventListener("visibilitychange", () => { if (!document.hidden) ask() })
  ask()
}

async function start(wall, redraw) {
  wall.started = true
  store.set("qure-wall-started", true)
  document.documentElement.requestFullscreen?.().catch(() => {})
  stayAwake(wall)
  await wakeSound(wall)
  await chime(wall)
  redraw()
}

export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".wall"), wall = wallOfThisTab(), news = newsOfThisTab()
  write(root, data.words)
  window.speechSynthesis?.getVoices()  // the first answer is often empty: asked now, they are there at the first call
  const redraw = () => draw(root, wall)
  const askNow = () => ask(wall, redraw)
  const touched = () => { if (wall.started) wakeSound(wall).then(redraw) }
  root.querySelector(".start").onclick = () => start(wall, redraw)
  document.addEventListener("pointerdown", touched)
  if (wall.started) stayAwake(wall)
  if (wall.started && !wall.audio) wakeSound(wall)  // works without a touch where the browser is told so (kiosk)
  news.hearers.set("wall", askNow)
  const asking = setInterval(askNow, ASK_MS), ticking = setInterval(redraw, 1000)
  askNow()
  return () => {
    news.hearers.delete("wall")
    document.removeEventListener("pointerdown", touched)
    clearInterval(asking)
    clearInterval(ticking)
  }
}
""",
)


def wall() -> None:
    _ELEMENT(key="qure_wall", data={"words": {name: say(text) for name, text in WORDS.items()}})
