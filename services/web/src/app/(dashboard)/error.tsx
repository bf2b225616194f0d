"use client";

// Inside the shell, so that its links stay there when a page breaks.
export { default } from "@/app/error";
