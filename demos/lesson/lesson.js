// The settings are all that this page does.
import '../shared/settings.js';
