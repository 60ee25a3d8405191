/** A row of buttons of which one is pressed: the way to choose one of a few. */
export function Choice<Value extends number>(properties: {
  legend: string;
  unit: string;
  values: readonly Value[];
  chosen: number;
  choose: (value: Value) => void;
}) {
  const { legend, unit, values, chosen, choose } = properties;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a <fieldset> lays its legend out in a way of its own
    <p class="buttons" role="group" aria-label={legend}>
      <span class="quiet">{legend}</span>
      {values.map((value) => (
        <button key={value} type="button" aria-pressed={value === chosen} onClick={() => choose(value)}>
          {value}
          {unit}
        </button>
      ))}
    </p>
  );
}
