"""Bank files of 全国銀行協会 with records of 120 bytes, and the writing that banks can read.

Pure: bytes in, frozen records out, and back. Layouts are those of 全銀協パーソナル・コンピュータ用標準通信プロトコル
（ベーシック手順）適用業務およびレコード・フォーマット (2019): 総合振込 (21) and 預金口座振替 (91).
"""
