/** Acts that happen exactly between two steps of another one. */

type Step = (...values: never[]) => Promise<unknown>;

/**
 * Lets the next call of a method of a running server do its work, then `act`, and only then tells the caller: what luck makes of one
 * attempt in a thousand happens every time. Calls that `act` itself makes are let through. Gives what `act` answered.
 */
export function afterNext<Name extends string, Answer>(
  target: Readonly<Record<Name, Step>>,
  name: Name,
  act: () => Promise<Answer>,
): Promise<Answer> {
  const step = target[name];
  const acted = Promise.withResolvers<Answer>();
  const value = async (...values: never[]) => {
    Reflect.deleteProperty(target, name);
    const answer = await step.apply(target, values);
    await act().then(acted.resolve, acted.reject);
    return answer;
  };
  Object.defineProperty(target, name, { configurable: true, value });
  return acted.promise;
}
