import { Component, CUSTOM_ELEMENTS_SCHEMA, provideZonelessChangeDetection, signal } from '@angular/core';
import { FormControl, ReactiveFormsModule } from '@angular/forms';
import { bootstrapApplication } from '@angular/platform-browser';
import { load } from 'handful';
import type { Classifier } from 'handful';
import 'handful/elements';

@Component({
  selector: 'app-root',
  imports: [ReactiveFormsModule],
  schemas: [CUSTOM_ELEMENTS_SCHEMA],
  template: `
    <label>
      A digit
      <digit-input [classifier]="classifier()" [formControl]="digit" ngDefaultControl controls></digit-input>
    </label>
    <output>{{ digit.value }}</output>
  `,
})
class App {
  readonly digit = new FormControl('');
  readonly classifier = signal<Classifier | undefined>(undefined);

  async ngOnInit() {
    const classifier = await load('mnist-lenet5', {
      assetBase: new URL('./handful/', document.baseURI).href,
      worker: () => new Worker('./handful/dist/handful.worker.js', { type: 'module' }),
    });
    this.classifier.set(classifier);
  }

  ngOnDestroy() {
    this.classifier()?.dispose();
  }
}

await bootstrapApplication(App, { providers: [provideZonelessChangeDetection()] });
