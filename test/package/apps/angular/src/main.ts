import { Component, provideZonelessChangeDetection, signal } from '@angular/core';
import { bootstrapApplication } from '@angular/platform-browser';
import { load } from 'handful';

@Component({ selector: 'app-root', template: '<output>{{ answer() }}</output>' })
class App {
  readonly answer = signal('');

  async ngOnInit() {
    const digits = await load('mnist-lenet5', {
      assetBase: new URL('./handful/', document.baseURI).href,
      worker: () => new Worker('./handful/dist/handful.worker.js', { type: 'module' }),
    });
    const { label } = await digits.predict({
      strokes: [
        [
          [50, 10],
          [50, 90],
        ],
      ],
    });
    digits.dispose();
    this.answer.set(String(label));
  }
}

await bootstrapApplication(App, { providers: [provideZonelessChangeDetection()] });
