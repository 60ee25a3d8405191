/** An option of a command; one whose name starts with `no-` takes away what is on by itself. */
export type OptionDescription =
  | { readonly type: 'boolean'; readonly description: string }
  | {
      readonly type: 'string';
      readonly valueHint: string;
      readonly description: string;
      readonly default?: string;
    };
export type OptionDescriptions = Readonly<Record<string, OptionDescription>>;

/** What was given for the options of these descriptions. */
export type Given<Options extends OptionDescriptions> = {
  readonly [Name in keyof Options]: Options[Name] extends { type: 'boolean' }
    ? boolean
    : Options[Name] extends { default: string }
      ? string
      : string | undefined;
};
