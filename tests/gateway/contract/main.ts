// `npm run contract`: the gateway against its document, at length. HOLDFAST_EXAMPLES says at what length.
import { contract } from "./contract.ts";

const { code, words } = await contract(Number(process.env.HOLDFAST_EXAMPLES ?? 12));
console.log(words);
process.exitCode = code;
