/**
 * A few lines that read a drawing with a network, for a page's own code.
 * @typedef {{ name: string, before: string, code: string }} Snippet
 * @param {string} model What `load` and `model` take.
 * @returns {Snippet[]}
 */
export function snippets(model) {
  return [
    {
      name: 'HTML',
      before: 'npm install handful',
      code: `<ink-pad controls>draw here</ink-pad>
<output></output>
<script type="importmap">
  {
    "imports": {
      "handful": "./node_modules/handful/dist/index.js",
      "handful/elements": "./node_modules/handful/dist/elements.js"
    }
  }
</script>
<script type="module">
  import { load } from 'handful';
  import 'handful/elements';

  const network = await load('${model}');
  const pad = document.querySelector('ink-pad');
  pad.addEventListener('change', async () => {
    const { label } = await network.predict(pad.value);
    document.querySelector('output').textContent = label ?? '';
  });
</script>`,
    },
    {
      name: 'React',
      before: 'npm install handful',
      code: `import 'handful/elements/react';
import { useState } from 'react';

export function Drawn() {
  const [text, setText] = useState('');
  return (
    <label>
      Draw
      <digit-input
        model="${model}"
        controls
        value={text}
        onInput={({ currentTarget }) => setText(currentTarget.value)}
      />
      <output>{text}</output>
    </label>
  );
}`,
    },
    {
      name: 'Vue',
      before: 'npm install handful',
      code: `<script setup>
import 'handful/elements/vue';
import { ref } from 'vue';

const text = ref('');
</script>

<template>
  <label>
    Draw
    <digit-input v-model="text" model="${model}" controls />
  </label>
  <output>{{ text }}</output>
</template>`,
    },
    {
      name: 'Svelte',
      before: 'npm install handful',
      code: `<script>
  import 'handful/elements/svelte';

  let text = $state('');
</script>

<label>
  Draw
  <digit-input
    model="${model}"
    controls
    value={text}
    oninput={({ currentTarget }) => (text = currentTarget.value)}
  ></digit-input>
</label>
<output>{text}</output>`,
    },
  ];
}
