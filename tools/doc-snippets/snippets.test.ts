import { describe, expect, test } from 'vitest'
import { programsIn, snippetsIn } from './snippets.js'

const text = `# Title

\`\`\`sh
npm run demo
\`\`\`

\`\`\`ts run
const a = 1
\`\`\`

1. In a list:
   \`\`\`ts run continues
   console.log(a)
     + 1
   \`\`\`

\`\`\`\`ts sketch
app.post('/checkout')
\`\`\`
\`\`\`\`

~~~js run
console.log('b')
~~~
`

describe('code in documents', () => {
  test('is found with its line and its marks, other languages left out', () => {
    expect(snippetsIn(text)).toEqual([
      { line: 8, marks: ['run'], code: ['const a = 1'] },
      { line: 13, marks: ['run', 'continues'], code: ['console.log(a)', '  + 1'] },
      { line: 18, marks: ['sketch'], code: ["app.post('/checkout')", '```'] },
      { line: 23, marks: ['run'], code: ["console.log('b')"] },
    ])
  })

  test('becomes programs whose lines are those of the document', () => {
    const programs = programsIn(text)
    expect(programs.map(({ line }) => line)).toEqual([8, 13, 23])
    const continued = programs[1]?.source.split('\n') ?? []
    expect([continued[7], continued[12]]).toEqual(['const a = 1', 'console.log(a)'])
    expect(programs[2]?.source).not.toContain('const a')
  })

  test.each([
    ['```ts\nlet a\n```', 'line 2: a code block says run, run continues or sketch; this one says nothing'],
    [
      '```js ruin\nlet a\n```',
      'line 2: a code block says run, run continues or sketch; this one says "ruin"',
    ],
    ['```ts run continues\nlet a\n```', 'line 2: nothing to continue'],
  ])('must say what becomes of it: %j', (markdown, message) => {
    expect(() => programsIn(markdown)).toThrow(message)
  })
})
