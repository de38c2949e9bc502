"""How the wall screen looks: dark for a television, readable from the last row, one column on a phone."""

from core.words import later

# By the class of the element that says it; those of an empty list have none.
WORDS = {
    "start": later("Start display"),
    "touch": later("Touch the screen once for sound"),
    "stale": later("No connection. The numbers may be old; this screen comes back by itself."),
    "wait-for-it": later("One moment, please. This screen comes back by itself."),
    "now": later("Now calling"),
    "then": later("Next"),
    "nobody-called": later("Nobody is being called. Please take a seat."),
    "nobody-waits": later("Nobody is waiting."),
}
HTML = """
<div class="wall">
  <header>
    <span class="clinic"></span>
    <button class="start" type="button" hidden></button>
    <span class="touch" hidden></span>
    <span class="clock"></span>
  </header>
  <p class="stale" hidden></p>
  <p class="wait-for-it"></p>
  <main>
    <section><h1 class="now"></h1><div class="calls"></div></section>
    <aside><h1 class="then"></h1><div class="line"></div></aside>
  </main>
</div>
"""

# Six calls and the line fit on a television (16:9) without scrolling, whatever rooms and doctors are called.
CSS = """
.wall {
  position: fixed; inset: 0; z-index: 2000000; overflow: auto; box-sizing: border-box; padding: 2.5vmin 3.5vmin;
  display: flex; flex-direction: column; gap: 2vmin; background: #0b1413; color: #eaf3f1;
  font-family: system-ui, "Noto Sans", sans-serif; font-size: clamp(16px, 2.4vmin, 52px); line-height: 1.25;
}
.wall * { margin: 0; box-sizing: border-box } .wall [hidden] { display: none !important }
header { display: flex; flex-wrap: wrap; align-items: center; gap: 1vmin 3vmin; font-size: 1.5em; color: #b9cdc8 }
.clinic { flex: 1; overflow-wrap: anywhere }
.clock { font-variant-numeric: tabular-nums; color: #eaf3f1; font-weight: 600 }
main { flex: 1; display: grid; grid-template-columns: 2fr 1fr; gap: 4vmin; min-height: 0 }
h1 { font-size: 1.5em; font-weight: 600; color: #5eead4; margin-bottom: 1.5vmin !important }
.calls {
  display: grid; gap: 2vmin; grid-template-columns: repeat(auto-fit, minmax(min(100%, 42vmin), 1fr));
  grid-template-rows: 27vmin; grid-auto-rows: 15vmin;
}
.call {
  display: flex; align-items: center; gap: 3vmin; padding: 0 3vmin; border-radius: 2vmin; background: #152422;
  border: 0.5vmin solid #223835; min-width: 0;
}
.call:first-child { grid-column: 1 / -1 }
.number { font-size: 5em; font-weight: 750; line-height: 1; font-variant-numeric: tabular-nums; color: #fff }
.call:first-child .number { font-size: 9em }
.where { min-width: 0 } .where > * { overflow: hidden }
.room {
  display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 2; overflow-wrap: break-word;
  font-size: 1.8em; font-weight: 650; line-height: 1.15;
}
.room.long { font-size: 1.3em }
.doctor { color: #b9cdc8; white-space: nowrap; text-overflow: ellipsis }
.call:first-child .room { font-size: 2.6em }
.call:first-child .room.long { font-size: 2em }
.call:first-child .doctor { font-size: 1.5em }
.fresh { background: #0f766e; border-color: #5eead4; animation: fresh 1.2s ease-in-out infinite alternate }
.fresh .doctor { color: #eaf3f1 }
@keyframes fresh { to { border-color: #0f766e } }
@media (prefers-reduced-motion: reduce) { .fresh { animation: none } }
aside { border-left: 0.3vmin solid #223835; padding-left: 4vmin }
.next { display: flex; align-items: baseline; justify-content: space-between; gap: 2vmin; padding: 0.8vmin 0 }
.next h2 { font-size: 3.4em; font-weight: 700; line-height: 1.15; font-variant-numeric: tabular-nums }
.wait, .more, .calm, .wait-for-it { color: #b9cdc8; font-size: 1.4em }
.calls .calm { grid-column: 1 / -1; font-size: 2.2em }
.stale { background: #7c2d12; color: #fff; border-radius: 1vmin; padding: 1vmin 2vmin }
.start {
  font: inherit; font-size: 0.8em; font-weight: 650; padding: 0.6vmin 3vmin; border: 0; border-radius: 1.2vmin;
  background: #14908a; color: #fff; cursor: pointer;
}
.start:focus-visible { outline: 0.5vmin solid #5eead4; outline-offset: 0.5vmin }
.touch { font-size: 0.8em }
@media (max-width: 700px) {
  .clinic { flex-basis: 100% }
  main { grid-template-columns: 1fr; gap: 5vmin; flex: none }
  aside { border-left: 0; padding-left: 0 }
  .calls { grid-template: auto / 1fr; grid-auto-rows: auto } .call { padding: 2vmin 4vmin; gap: 5vmin }
  .number { font-size: 3.2em } .call:first-child .number { font-size: 5em }
  .room, .call:first-child .room { font-size: 1.5em } .next h2 { font-size: 2em }
  .room.long, .call:first-child .room.long { font-size: 1.2em } .call:first-child .doctor { font-size: 1em }
}
"""
