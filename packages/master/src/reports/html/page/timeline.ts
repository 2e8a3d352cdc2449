import { drawArrows } from "./draw-arrows.js";
import { drawBars } from "./draw-bars.js";
import { type Drawing, drawAxis, drawGround } from "./drawing.js";
import { byId } from "./elements.js";
import { type Bar, findBar, layOutLanes } from "./lane-layout.js";
import type { PageState } from "./page-state.js";
import { readPalette } from "./palette.js";

/** A finger is not as exact as a pointer. */
const SLACK_PIXELS = { mouse: 3, touch: 12 };

/** Shows the attempts of a run in the lanes of their machines, as large as its element is. */
export class Timeline {
  readonly #box = byId("timeline");
  readonly #canvas = byId<HTMLCanvasElement>("canvas");
  readonly #context = this.#canvas.getContext("2d");
  readonly #state: PageState;
  readonly layout: ReturnType<typeof layOutLanes>;
  #palette = readPalette();
  #background = "";

  constructor(state: PageState) {
    this.#state = state;
    this.layout = layOutLanes(state.data);
    byId("timeline-height").style.height = `${this.layout.height}px`;
    this.#box.style.setProperty("--wanted-height", `${this.layout.height}px`);
    this.#readColors();
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
      this.#readColors();
      this.draw();
    });
    this.#box.addEventListener("scroll", () => this.draw(), { passive: true });
    new ResizeObserver(() => this.draw()).observe(this.#box);
    state.onChange((changed) => {
      if (changed.has("selected")) this.#scrollToSelected();
      this.draw();
    });
  }

  get width(): number {
    return this.#box.clientWidth;
  }

  /** The time at a place of the window. */
  timeAt(clientX: number): number {
    const { fromMs, toMs } = this.#state.seen.view;
    const share = (clientX - this.#box.getBoundingClientRect().left) / this.width;
    return fromMs + share * (toMs - fromMs);
  }

  /** The attempt at a place of the window. */
  barAt({ clientX, clientY, pointerType }: PointerEvent): Bar | undefined {
    const { fromMs, toMs } = this.#state.seen.view;
    const slack = pointerType === "touch" ? SLACK_PIXELS.touch : SLACK_PIXELS.mouse;
    const y = clientY - this.#box.getBoundingClientRect().top + this.#box.scrollTop;
    return findBar(this.layout, y, this.timeAt(clientX), (slack * (toMs - fromMs)) / this.width);
  }

  draw(): void {
    const context = this.#context;
    const { clientWidth: width, clientHeight: height, scrollTop } = this.#box;
    if (!context || width === 0) return;
    this.#fit(width, height);
    const { layout } = this;
    const drawing: Drawing = {
      context,
      state: this.#state,
      layout,
      palette: this.#palette,
      width,
      height,
      scrollTop,
    };
    drawGround(drawing);
    drawArrows(drawing, "below");
    drawBars(drawing);
    drawArrows(drawing, "above");
    drawAxis(drawing, this.#background);
  }

  /** As many pixels as the screen has. */
  #fit(width: number, height: number): void {
    const scale = devicePixelRatio || 1;
    const [wide, high] = [Math.round(width * scale), Math.round(height * scale)];
    if (this.#canvas.width !== wide || this.#canvas.height !== high) {
      this.#canvas.width = wide;
      this.#canvas.height = high;
      this.#canvas.style.height = `${height}px`;
    }
    this.#context?.setTransform(scale, 0, 0, scale, 0, 0);
  }

  #readColors(): void {
    this.#palette = readPalette();
    this.#background = getComputedStyle(this.#box).backgroundColor;
  }

  #scrollToSelected(): void {
    const { selected } = this.#state.seen;
    const bar = selected === undefined ? undefined : this.layout.barsOf[selected]?.at(-1);
    if (!bar) return;
    const { scrollTop, clientHeight } = this.#box;
    const isSeen = bar.top - 30 >= scrollTop && bar.top + this.layout.laneHeight <= scrollTop + clientHeight;
    if (!isSeen) this.#box.scrollTop = bar.top - clientHeight / 2;
  }
}
