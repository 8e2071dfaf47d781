// How a test talks to its programs: a line of JSON in, a line of JSON out, in turn. When the input ends, so does the program:
// it never outlives the test that started it.
import { createInterface } from 'node:readline';

export async function answer(ask) {
  const print = (value) => process.stdout.write(JSON.stringify(value) + '\n');
  for await (const line of createInterface({ input: process.stdin })) {
    try {
      print(await ask(JSON.parse(line)));
    } catch (error) {
      print({ error: `${error.name}: ${error.message}` });
    }
  }
  process.exit(0);
}
