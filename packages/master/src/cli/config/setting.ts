/** What somewhere beside the command line is said of an option. */
export interface Setting {
  option: string;
  /** As yargs would give it. */
  value: string | boolean | string[];
  /** Where it is said, to stand in front of what is wrong with it. */
  source: string;
}

/** All that is said in one place. */
export interface SettingLayer {
  /** The place, for what is wrong with several settings together. */
  source: string;
  settings: readonly Setting[];
}
