/** `npm run build` */
import { bootstrap } from "./bootstrap.mjs";

try {
  await bootstrap();
} catch (error) {
  console.error(error.name === "BootstrapError" ? error.message : error);
  process.exitCode = 1;
}
