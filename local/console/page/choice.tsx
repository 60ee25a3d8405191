import { useEffect, useRef } from 'preact/hooks';

/** A group of radio buttons: the way to choose one of a few, by mouse and by arrow keys. */
export function Choice(properties: {
  id: string;
  legend: string;
  name: string;
  values: readonly { value: number; label: string; title?: string }[];
  chosen: number;
  choose: (value: number) => void;
}) {
  const { id, legend, name, values, chosen, choose } = properties;
  const host = useRef<HTMLFieldSetElement>(null);
  // Set only when it changes: between a click and the server's word for it nothing is taken back.
  useEffect(() => {
    for (const input of host.current?.querySelectorAll('input') ?? [])
      input.checked = Number(input.value) === chosen;
  }, [chosen, values]);
  return (
    <fieldset class="choice" id={id} ref={host}>
      <legend>{legend}</legend>
      {values.map(({ value, label, title }) => (
        <label key={value} title={title}>
          <input type="radio" name={name} value={value} onChange={() => choose(value)} />
          <span>{label}</span>
        </label>
      ))}
    </fieldset>
  );
}
