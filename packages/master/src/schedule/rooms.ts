/** How many tasks may be in each place, and everywhere together, at once. */
export class Rooms {
  readonly #limitOf: (place: string) => number;
  readonly #most: number;
  readonly #onRoom: () => void;
  readonly #inPlace = new Map<string, number>();
  readonly #waiting: { place: string; enter: () => void }[] = [];
  #all = 0;

  /**
   * @param most - in all places together
   * @param onRoom - called when somebody has left
   */
  constructor(limitOf: (place: string) => number, most = Number.POSITIVE_INFINITY, onRoom = () => {}) {
    this.#limitOf = limitOf;
    this.#most = most;
    this.#onRoom = onRoom;
  }

  /** Whether a task that has not waited may enter: those that wait come first. */
  hasRoom(place: string): boolean {
    return this.#fits(place) && !this.#waiting.some((other) => other.place === place);
  }

  /** The caller has looked whether there is room. */
  enter(place: string): void {
    this.#inPlace.set(place, (this.#inPlace.get(place) ?? 0) + 1);
    this.#all += 1;
  }

  /** Enters as soon as there is room, in the order of the calls. */
  wait(place: string): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push({ place, enter: resolve });
      this.#admit();
    });
  }

  leave(place: string): void {
    this.#inPlace.set(place, (this.#inPlace.get(place) ?? 0) - 1);
    this.#all -= 1;
    this.#admit();
    this.#onRoom();
  }

  #admit(): void {
    for (let index = 0; index < this.#waiting.length; ) {
      const next = this.#waiting[index];
      if (next && this.#fits(next.place)) {
        this.#waiting.splice(index, 1);
        this.enter(next.place);
        next.enter();
      } else index += 1;
    }
  }

  #fits(place: string): boolean {
    return this.#all < this.#most && (this.#inPlace.get(place) ?? 0) < this.#limitOf(place);
  }
}
