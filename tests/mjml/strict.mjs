// Reads {name: source} as JSON, writes {name: html} as JSON; a template that strict validation refuses is told on stderr.
import mjml2html from 'mjml';

const strictly = source => mjml2html(source, { validationLevel: 'strict', fonts: {}, ignoreIncludes: true });

// A check that never refuses is none.
const wrong = '<mjml><mj-body><mj-text colour="red">words</mj-text></mj-body></mjml>';
const refused = await Promise.resolve().then(() => strictly(wrong)).then(() => false, () => true);
if (!refused) {
  console.error('The compiler accepts a misspelled attribute: its validation is off.');
  process.exit(1);
}

const chunks = [];
for await (const chunk of process.stdin) chunks.push(chunk);
const compiled = {};
for (const [name, source] of Object.entries(JSON.parse(Buffer.concat(chunks)))) {
  try {
    compiled[name] = (await strictly(source)).html;
  } catch (error) {
    process.exitCode = 1;
    console.error(`${name}: ${error.message}`);
  }
}
process.stdout.write(JSON.stringify(compiled));
